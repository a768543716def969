// SPDX-License-Identifier: Apache-2.0

import Testing

extension HostTests {
    /// Somebody uses docker by hand on a container that we supervise: the unit follows.
    @Suite("By hand")
    struct ByHand {
        struct Deed: Sendable, CustomTestStringConvertible {
            var command: String
            /// The unit's state then, its ExecMainCode (1: exited, 2: killed) and its ExecMainStatus, which
            /// systemd forgets of an inactive unit.
            var end: String
            var testDescription: String { command }
        }

        private static let deeds = [
            Deed(command: "docker stop test.service", end: "inactive 0 0"),
            Deed(command: "docker kill test.service", end: "failed 2 9"),
            Deed(command: "docker kill --signal TERM test.service", end: "inactive 0 0"),
            Deed(command: "docker kill --signal USR1 test.service", end: "failed 1 3"),
            Deed(command: "docker rm --force test.service", end: "failed 2 9"),
            Deed(command: "docker rename test.service other; docker stop other", end: "inactive 0 0"),
        ]

        @Test("the unit ends as the container does", arguments: [Host.Kind.bookwormLegacy, .forky])
        func ends(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let program =
                "busybox sh -c 'trap \"exit 0\" TERM; trap \"exit 3\" USR1; while :; do sleep 100 & wait; done'"
            let steps = Self.deeds.map { deed in
                """
                for unit in test.service test-kept.service; do
                    deed='\(deed.command)'
                    systemctl start $unit
                    eval "${deed//test.service/$unit}" >&2
                    eventually '[[ $(property $unit ActiveState) =~ ^(inactive|failed)$ ]]'
                    echo "$unit: $deed: $(property $unit ActiveState) $(property $unit ExecMainCode) $(property $unit ExecMainStatus)"
                    systemctl reset-failed
                    [[ $unit == test.service ]] || docker rm --force $unit other >&2 || true
                done
                """
            }
            let output = try host.with(
                units: [
                    "test.service": Host.service("run --rm --name %n \(program)", "TimeoutStopSec=1"),
                    "test-kept.service": Host.service("run --name %n \(program)", "TimeoutStopSec=1"),
                ], steps.joined(separator: "\n"))
            let expected = Self.deeds.flatMap { deed in
                ["test.service", "test-kept.service"].map { unit in
                    "\(unit): \(deed.command): \(deed.end)\n"
                }
            }
            #expect(output == expected.joined(), "on \(kind.name)")
        }

        @Test("a container that is restarted stays the unit's", arguments: [Host.Kind.bookwormLegacy, .forky])
        func restarted(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let program =
                "busybox sh -c 'trap \"echo last words; exit 0\" TERM; echo hello; sleep 1000 & wait'"
            // Not with --rm: Docker itself, when it is busy, removes such a container after it has restarted it.
            try host.with(
                units: ["test.service": Host.service("run --name %n \(program)", "TimeoutStopSec=5")],
                """
                systemctl start test.service
                main=$(property test.service MainPID)
                for round in 1 2 3; do
                    former=$(pid_of test.service)
                    docker restart --time 5 test.service
                    eventually 'log test.service | grep --count "was restarted by way of Docker" | grep -x $round'
                    [[ $(pid_of test.service) != "$former" ]]
                    eventually 'grep "/test.service" /proc/$(pid_of test.service)/cgroup'
                    [[ $(property test.service ActiveState) == active && $(property test.service MainPID) == "$main" ]]
                done
                eventually '[[ $(log test.service | grep --line-regexp --regexp hello --regexp "last words" | xargs) == "hello last words hello last words hello last words hello" ]]'

                # The manager wants its end in the midst of it.
                docker restart --time 5 test.service & restart=$!
                eventually '(($(log test.service | grep --count "last words") == 4))'
                systemctl stop test.service
                wait $restart || true
                [[ $(property test.service ActiveState) == inactive ]]
                eventually '[[ ! $(docker ps --quiet) ]]'
                docker rm test.service
                """)
        }

        @Test("a paused container is stopped by systemctl all the same", arguments: [Host.Kind.trixieCgroupfs])
        func paused(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: [
                    "test.service": Host.service(
                        "run --rm --name %n busybox sh -c 'trap \"exit 0\" TERM; sleep 100 & wait'", "TimeoutStopSec=2")
                ],
                """
                systemctl start test.service
                docker pause test.service
                systemctl stop test.service
                [[ $(property test.service ActiveState) =~ ^(inactive|failed)$ ]]
                """)
        }
    }
}
