// SPDX-License-Identifier: Apache-2.0

import Testing

extension HostTests {
    /// Containers that our runtime makes in the unit.
    @Suite("Native placement")
    struct Native {
        private static let newest = Host.Kind.native.filter { $0.suite != "bookworm" }

        @Test(
            "a unit whose User= is not root", arguments: Host.Kind.native.filter { $0.hierarchy == "v2" })
        func user(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: [
                    "test.service": Host.service(
                        "run --rm --init --name %n busybox sleep 100",
                        "Delegate=yes\nUser=daemon\nSupplementaryGroups=docker\nTimeoutStopSec=5")
                ],
                """
                systemctl start test.service
                log test.service | grep 'placement native'
                grep -E '[:=](systemd)?:/system.slice/test.service/[0-9a-f]{64}$' /proc/$(pid_of test.service)/cgroup
                [[ $(stat --format %U /proc/$(property test.service MainPID)) == daemon ]]
                docker top test.service | grep 'sleep 100'
                systemctl stop test.service
                [[ $(property test.service Result) == success ]]
                """)
        }

        @Test(
            "on version 1 it takes root, and the error says so",
            arguments: Host.Kind.native.filter { $0.hierarchy == "v1" })
        func legacyUser(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: [
                    "test.service": Host.service(
                        "--placement native run --rm --name %n busybox sleep 100",
                        "User=daemon\nSupplementaryGroups=docker")
                ],
                """
                ! systemctl start test.service || false
                log test.service | grep 'placement native: nobody stays, as root, who would clean up version 1 cgroups'
                """)
        }

        @Test("whoever is not in the group docker is told so", arguments: [Host.Kind.native[0]])
        func stranger(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: ["test.service": Host.service("run --rm --name %n busybox true", "User=daemon")],
                """
                ! systemctl start test.service || false
                log test.service | grep "add the unit's User= to the group docker"
                """)
        }

        @Test("the runtime that --runtime asks for does the work, in the unit and started by hand", arguments: newest)
        func otherRuntime(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: ["test.service": Host.service("run --init --name %n --runtime other busybox sleep 100")],
                """
                cat >/usr/local/bin/other-runtime <<'RUNTIME'
                #!/bin/sh
                echo "$@" >>/run/other-runtime
                exec runc "$@"
                RUNTIME
                chmod +x /usr/local/bin/other-runtime
                cp --archive /etc/docker/daemon.json /tmp/daemon.json
                sed -i 's,"runtimes": *{,&"other": {"path": "/usr/local/bin/other-runtime"\\,"runtimeArgs": ["--debug"]}\\, ,' /etc/docker/daemon.json
                systemctl reload docker.service
                eventually 'docker info --format "{{json .Runtimes}}" | grep other-runtime >/dev/null'
                systemctl start test.service
                log test.service | grep 'placement native'
                grep -E '/test.service/[0-9a-f]{64}$' /proc/$(pid_of test.service)/cgroup
                grep -E '^--debug .* create ' /run/other-runtime
                grep -E '^--debug .* start ' /run/other-runtime
                systemctl stop test.service
                grep -E '^--debug .* delete ' /run/other-runtime
                # Nobody claims it: Docker's default place, and never a weaker runtime than was asked for.
                rm /run/other-runtime
                docker start test.service
                ! grep test.service /proc/$(pid_of test.service)/cgroup || false
                grep -E '^--debug .* create ' /run/other-runtime
                docker rm --force test.service
                cp --archive /tmp/daemon.json /etc/docker/daemon.json
                systemctl reload docker.service
                eventually '! docker info --format "{{json .Runtimes}}" | grep other-runtime >/dev/null'
                rm /run/other-runtime /usr/local/bin/other-runtime /tmp/daemon.json
                """)
        }

        @Test("a claim that a killed supervisor has left is no obstacle", arguments: [Host.Kind.native[0]])
        func staleClaim(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: ["test.service": Host.service("run --init --name %n busybox sleep 100")],
                """
                systemctl start test.service
                kill -KILL $(property test.service MainPID)
                eventually '[[ $(property test.service ActiveState) == failed ]]'
                eventually '[[ $(docker inspect --format "{{.State.Running}}" test.service) == false ]]'
                # By hand: at Docker's own place.
                docker start test.service
                ! grep test.service /proc/$(pid_of test.service)/cgroup || false
                docker stop --time 1 test.service
                systemctl reset-failed test.service
                systemctl start test.service
                grep -E '/test.service/[0-9a-f]{64}$' /proc/$(pid_of test.service)/cgroup
                systemctl stop test.service
                docker rm test.service
                """)
        }
    }
}
