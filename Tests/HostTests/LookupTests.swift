// SPDX-License-Identifier: Apache-2.0

import Testing

extension HostTests {
    /// What happens to a container of our name that is there already.
    @Suite("Lookup")
    struct Lookup {
        private static let sleeper = "busybox sh -c 'trap \"exit 0\" TERM; sleep 100 & wait'"

        @Test("running: taken over, not restarted", arguments: Host.Kind.all)
        func running(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: ["test.service": Host.service("run --rm --name %n \(Self.sleeper)", "KillMode=process")],
                """
                docker run --detach --rm --name test.service \(Self.sleeper)
                id=$(docker inspect --format '{{.Id}}' test.service)
                systemctl start test.service
                [[ $(docker inspect --format '{{.Id}}' test.service) == $id ]]
                grep -E '(^0::|name=systemd:)/system.slice/test.service/' /proc/$(pid_of test.service)/cgroup

                # The wrapper dies, the container lives on, and the next wrapper finds it in place.
                systemctl kill --signal KILL --kill-who=main test.service
                eventually '[[ $(property test.service ActiveState) == failed ]]'
                pid=$(pid_of test.service)
                systemctl start test.service
                [[ $(pid_of test.service) == $pid ]]
                systemctl stop test.service
                [[ $(property test.service Result) == success ]]
                """)
        }

        @Test(
            "our own, and still running: kept with the same arguments, replaced with others",
            arguments: [Host.Kind.trixie, .trixieCgroupfs, .bookwormLegacy])
        func adopted(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let settings = "KillMode=process\nRestart=always\nRestartSec=0\nEnvironment=A=1"
            try host.with(
                units: ["test.service": Host.service("--env run --rm --name %n \(Self.sleeper)", settings)],
                """
                systemctl start test.service
                pid=$(pid_of test.service)
                systemctl kill --signal KILL --kill-who=main test.service
                eventually '(( $(property test.service NRestarts) == 1 ))'
                eventually '[[ $(property test.service ActiveState) == active ]]'
                [[ $(pid_of test.service) == $pid ]]
                # Another environment, and then another word of the command line.
                for change in s/A=1/A=2/ 's/run --rm/run --rm --label a=b/'; do
                    sed --in-place "$change" /etc/systemd/system/test.service
                    systemctl daemon-reload
                    pid=$(pid_of test.service)
                    systemctl kill --signal KILL --kill-who=main test.service
                    eventually '[[ $(property test.service ActiveState) == active && $(pid_of test.service) != $pid ]]'
                    [[ ! -e /proc/$pid ]]
                done
                [[ $(docker inspect --format '{{.Config.Labels.a}} {{.Config.Env}}' test.service) == 'b [A=2 '* ]]
                systemctl stop test.service
                """)
        }

        @Test("stopped, with --rm: removed and made anew", arguments: Host.Kind.all)
        func stoppedAndRemoved(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: ["test.service": Host.service("run --rm --name %n \(Self.sleeper)")],
                """
                docker create --name test.service busybox false
                id=$(docker inspect --format '{{.Id}}' test.service)
                systemctl start test.service
                [[ $(docker inspect --format '{{.Id}}' test.service) != $id ]]
                """)
        }

        @Test("stopped, without --rm: started again, with what it had written", arguments: Host.Kind.all)
        func stoppedAndKept(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: [
                    "test.service": Host.service(
                        "run --name %n busybox sh -c 'echo x >>/lives; cat /lives; trap \"exit 0\" TERM; sleep 100 & wait'"
                    )
                ],
                """
                systemctl start test.service
                id=$(docker inspect --format '{{.Id}}' test.service)
                systemctl stop test.service
                [[ $(docker inspect --format '{{.State.Status}}' test.service) == exited ]]
                systemctl start test.service
                [[ $(docker inspect --format '{{.Id}}' test.service) == $id ]]
                systemctl stop test.service
                [[ $(log test.service | grep -cx x) == 3 ]]
                docker rm test.service
                """)
        }

        @Test(
            "the wrapper is killed with its container: the next start finds nothing in its way",
            arguments: Host.Kind.all)
        func killed(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            // On version 1 nobody tells systemd in these hosts that a cgroup is empty (cgroups(7), release_agent), so that
            // it waits for the time to stop to pass.
            let settings = "Restart=on-failure\nRestartSec=0\nTimeoutStopSec=1"
            try host.with(
                units: ["test.service": Host.service("run --rm --name %n \(Self.sleeper)", settings)],
                """
                systemctl start test.service
                for round in 1 2 3; do
                    systemctl kill --signal KILL test.service
                    eventually "(( \\$(property test.service NRestarts) >= $round ))"
                    eventually '[[ $(property test.service ActiveState) == active ]]'
                done
                # No start was wasted on the container that was dying.
                [[ $(property test.service NRestarts) == 3 ]]
                """)
        }

        @Test("a paused one is not taken over, and the error says what to do", arguments: [Host.Kind.trixie])
        func paused(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: ["test.service": Host.service("run --rm --name %n \(Self.sleeper)")],
                """
                docker run --detach --rm --name test.service \(Self.sleeper)
                docker pause test.service
                ! systemctl start test.service || false
                [[ $(property test.service ExecMainStatus) == 125 ]]
                log test.service | grep 'it is paused: docker unpause test.service'
                docker rm --force test.service
                """)
        }
    }
}
