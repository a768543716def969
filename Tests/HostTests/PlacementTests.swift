// SPDX-License-Identifier: Apache-2.0

import Testing

extension HostTests {
    @Suite("Placement")
    struct Placement {
        struct Case: Sendable, CustomTestStringConvertible {
            var kind: Host.Kind
            var wish: String
            var settings: String
            /// What the journal line names.
            var placement: String
            var testDescription: String { "\(kind.name) --placement \(wish) \(settings)" }
        }

        private static let cases: [Case] =
            Host.Kind.plain.flatMap { kind in
                ["", "Delegate=yes"].flatMap { settings in
                    [
                        Case(
                            kind: kind, wish: "auto", settings: settings,
                            // In these hosts no version 2 controller is there, so that nothing keeps Docker from it.
                            placement: kind.driver == "cgroupfs" ? "parent" : "migrate"),
                        Case(kind: kind, wish: "migrate", settings: settings, placement: "migrate"),
                        Case(kind: kind, wish: "none", settings: settings, placement: "none"),
                    ]
                }
            }
            + Host.Kind.native.flatMap { kind in
                ["", "Delegate=yes"].map { Case(kind: kind, wish: "auto", settings: $0, placement: "native") }
            }

        @Test("where the container ends up, and no device that Docker forbids opens there", arguments: cases)
        func places(one: Case) async throws {
            let host = try await Host.of(one.kind)
            // Made and opened before it is moved (the fifo waits until then) and after.
            let command = """
                --placement \(one.wish) run --rm --name %n --volume /run/test-gate:/gate busybox sh -c \
                'try() { mknod /dev/disk$1 b 7 0; dd if=/dev/disk$1 of=/dev/null count=1 2>&1 && echo opened; echo tried-$1; }; \
                try before; read line </gate/fifo; try after; dd if=/dev/zero of=/dev/null count=1 && echo zero-$?; \
                trap "exit 0" TERM; sleep 100 & wait'
                """
            try host.with(
                units: ["test.service": Host.service(command, one.settings)],
                """
                mkdir /run/test-gate && mkfifo /run/test-gate/fifo
                systemctl start test.service
                cgroup=$(grep -E '\(one.kind.hierarchy == "v2" ? "^0::" : "name=systemd:")' /proc/$(pid_of test.service)/cgroup)
                echo go >/run/test-gate/fifo
                eventually 'log test.service | grep "zero-0" >/dev/null'
                log test.service >&2
                [[ $(log test.service | grep -cE "^tried-(before|after)$") == 2 ]]
                [[ $(log test.service | grep -c "Operation not permitted") == 2 ]]
                ! log test.service | grep -x opened || false
                log test.service | grep -E '^systemd-docker: placement \(one.placement): '
                echo "$cgroup" >&2
                if [[ \(one.placement) == none ]]; then
                    [[ $cgroup != */system.slice/test.service* ]]
                else
                    [[ $cgroup == */system.slice/test.service/* ]]
                fi
                docker kill test.service
                eventually '[[ $(property test.service ActiveState) == failed ]]'
                rm -r /run/test-gate
                """)
        }

        @Test(
            "the supervisor makes room below a delegated unit",
            arguments: [Host.Kind.trixie, .trixieCgroupfs, .bookworm, .forky])
        func supervisorGroup(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: ["test.service": Host.service("run --rm --init --name %n busybox sleep 100", "Delegate=yes")],
                """
                systemctl start test.service
                grep -qx 0::/system.slice/test.service/supervisor /proc/$(property test.service MainPID)/cgroup
                systemctl stop test.service
                [[ $(property test.service Result) == success ]]
                """)
        }

        @Test("--placement parent under the systemd driver is refused, with the way out", arguments: [Host.Kind.trixie])
        func parentRefused(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: ["test.service": Host.service("--placement parent run --rm --name %n busybox sleep 100")],
                """
                ! systemctl start test.service || false
                log test.service | grep -E 'placement parent: Docker.s cgroup driver is systemd.*--placement auto'
                """)
        }

        @Test(
            "no process stays behind when the container forks as fast as it can",
            arguments: [Host.Kind.trixie, .bookwormLegacySystemd])
        func forks(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: [
                    "test.service": Host.service(
                        "run --rm --init --name %n busybox sh -c 'f() { while :; do (:) & (:) & wait; done; }; f & f & f & f & wait'"
                    )
                ],
                """
                systemctl start test.service
                # In the tree by which systemd tracks the unit; others the unit may have no place in.
                tree=/sys/fs/cgroup/\(kind.hierarchy == "v1" ? "systemd" : "")
                ! find $tree -path '*/docker-*' -name cgroup.procs -exec cat {} + 2>/dev/null | grep . || false
                systemctl stop test.service
                """)
        }
    }
}
