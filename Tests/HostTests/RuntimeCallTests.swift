// SPDX-License-Identifier: Apache-2.0

import Testing

extension HostTests {
    /// Our runtime alone, as Docker calls it for containers that nobody has claimed.
    @Suite("Runtime")
    struct Runtime {
        private static let kinds = Host.Kind.native.filter {
            [.trixie, .bookwormLegacy, .forky].contains(
                Host.Kind(suite: $0.suite, hierarchy: $0.hierarchy, driver: $0.driver))
        }

        /// Runs a script on a host where the runtime is registered.
        private func run(_ kind: Host.Kind, _ script: String) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: [:],
                """
                # The place of a container in every cgroup tree, without its ID.
                place() { sed "s/$(docker inspect --format '{{.Id}}' $1)/ID/" /proc/$(pid_of $1)/cgroup; }
                \(script)
                """)
        }

        @Test("a container that nobody has claimed is as with runc alone", arguments: kinds)
        func unclaimed(kind: Host.Kind) async throws {
            try await run(
                kind,
                """
                docker run --detach --name plain busybox sleep 100
                docker run --detach --name ours --runtime systemd-docker busybox sleep 100
                [[ $(place ours) == "$(place plain)" ]]
                [[ $(docker exec ours echo inside) == inside ]]
                docker top ours | grep "sleep 100"
                docker pause ours && docker unpause ours
                docker restart -t 0 ours
                [[ $(place ours) == "$(place plain)" ]]
                docker kill ours
                [[ $(docker wait ours) == 137 ]]
                docker rm --force ours plain
                status=0
                answer=$(docker run --rm --runtime systemd-docker busybox sh -c 'echo out; exit 3') || status=$?
                [[ $answer == out && $status == 3 ]]
                """)
        }

        @Test("what the runtime cannot do is told by docker", arguments: kinds.prefix(2))
        func errors(kind: Host.Kind) async throws {
            try await run(
                kind,
                """
                mv /usr/sbin/runc /usr/sbin/runc.away
                ! answer=$(docker run --rm --runtime systemd-docker busybox true 2>&1) || exit 1
                mv /usr/sbin/runc.away /usr/sbin/runc
                grep -q "systemd-docker-runtime: cannot execute runc: not found in PATH=" <<<"$answer" || { echo "$answer"; exit 1; }
                """)
        }
    }
}
