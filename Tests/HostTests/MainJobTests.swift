// SPDX-License-Identifier: Apache-2.0

import Testing

extension HostTests {
    @Suite("Main job")
    struct MainJob {
        @Test("the container is the unit: its processes, its log, its end", arguments: Host.Kind.all)
        func mainJob(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let unit = Host.service(
                #"run --rm --name %n busybox sh -c 'trap "echo bye; exit 0" TERM; echo up; echo oops >&2; sleep 100 & wait'"#
            )
            try host.with(
                units: ["test.service": unit],
                """
                systemctl start test.service
                # Nothing is waited for: what start has returned from is true already.
                [[ $(docker inspect --format '{{.State.Running}}' test.service) == true ]]
                pid=$(pid_of test.service)
                grep -E '(^0::|name=systemd:)/system.slice/test.service/' /proc/$pid/cgroup
                systemctl status --no-pager test.service | grep -E "$pid sh -c"
                [[ $(property test.service StatusText) == *"test.service is running"* ]]
                [[ $(property test.service MainPID) == $(pgrep --oldest systemd-docker) ]]
                grep -P '^Threads:\\t1$' /proc/$(property test.service MainPID)/status
                docker exec test.service true
                systemctl stop test.service
                [[ $(property test.service ActiveState) == inactive && $(property test.service Result) == success ]]
                lines=$(log test.service)
                [[ $(grep -cx up <<<"$lines") == 1 && $(grep -cx oops <<<"$lines") == 1 && $(grep -cx bye <<<"$lines") == 1 ]]
                [[ $(grep -c 'placement ' <<<"$lines") == 1 ]]
                """)
        }

        @Test("start returns only after READY, and those that come after wait for it", arguments: Host.Kind.all)
        func ready(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            // The dependant looks at the container at the moment at which systemd lets it go.
            let dependant = """
                [Unit]
                Requires=test.service
                After=test.service
                [Service]
                Type=oneshot
                ExecStart=docker exec test.service cat /ready
                """
            try host.with(
                units: [
                    "test.service": Host.service("run --rm --name %n busybox sh -c 'echo yes >/ready; exec sleep 100'"),
                    "test-after.service": dependant,
                ],
                """
                systemctl start test-after.service
                [[ $(property test-after.service Result) == success ]]
                [[ $(property test.service ActiveState) == active ]]
                docker kill test.service
                """)
        }

        @Test("the container's end is the unit's, to the letter", arguments: Host.Kind.all)
        func exitStatuses(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            for (command, status) in [
                ("exit 0", 0), ("sleep 0.3; exit 0", 0), ("exit 3", 3), ("sleep 0.3; exit 3", 3),
                ("sleep 0.3; exit 137", 137), ("sleep 0.3; exit 143", 143),
            ] {
                // systemd forgets a unit that is inactive, and keeps one that has failed.
                let checks =
                    status == 0
                    ? """
                    systemctl start --wait test.service
                    [[ $(property test.service ActiveState) == inactive ]]
                    """
                    : """
                    systemctl start --wait test.service || true
                    [[ $(property test.service Result) == exit-code && $(property test.service ExecMainCode) == 1 ]]
                    [[ $(property test.service ExecMainStatus) == \(status) ]]
                    """
                try host.with(
                    units: ["test.service": Host.service("run --rm --name %n busybox sh -c '\(command)'")], checks)
            }
        }

        @Test("death by SIGKILL is death by SIGKILL", arguments: Host.Kind.all)
        func killed(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: ["test.service": Host.service("run --rm --init --name %n busybox sleep 100")],
                """
                systemctl start test.service
                kill -KILL $(pid_of test.service)
                eventually '[[ $(property test.service ActiveState) == failed ]]'
                [[ $(property test.service ExecMainCode) == 2 && $(property test.service ExecMainStatus) == 9 ]]
                [[ $(property test.service Result) == signal ]]
                """)
        }

        @Test("Restart=on-failure: 0 stays down, 3 and SIGKILL come back, stop stays down", arguments: Host.Kind.all)
        func restarts(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let settings = "Restart=on-failure\nRestartSec=100ms"
            try host.with(
                units: [
                    "test-0.service": Host.service("run --rm --name %n busybox sh -c 'sleep 0.2; exit 0'", settings),
                    "test-3.service": Host.service("run --rm --name %n busybox sh -c 'sleep 0.2; exit 3'", settings),
                    "test-9.service": Host.service("run --rm --init --name %n busybox sleep 100", settings),
                ],
                """
                # A slow host may see the end of test-3 before it could say READY: then its start has failed.
                systemctl start test-0.service test-3.service test-9.service || true
                kill -KILL $(pid_of test-9.service)
                eventually '(( $(property test-3.service NRestarts) >= 1 ))'
                eventually '(( $(property test-9.service NRestarts) == 1 ))'
                eventually '[[ $(property test-9.service ActiveState) == active ]]'
                eventually '[[ $(property test-0.service ActiveState) == inactive ]]'
                [[ $(property test-0.service Result) == success && $(property test-0.service NRestarts) == 0 ]]
                systemctl stop test-3.service test-9.service
                [[ $(property test-9.service ActiveState) == inactive && $(property test-9.service Result) == success ]]
                """)
        }
    }
}
