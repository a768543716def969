// SPDX-License-Identifier: Apache-2.0

import Testing

extension HostTests {
    /// What systemd is told of a container: ready, well, alive.
    @Suite("Ready")
    struct Ready {
        /// Where nothing but systemd's and Docker's version makes a difference.
        static let kinds = [Host.Kind.bookworm, .forky]

        /// Well as long as there is a file; what it says and how it ends when it is stopped.
        private static let checked = """
            run --rm --name %n --volume /run/test-gate:/gate --health-cmd 'test -e /gate/well' --health-interval 300ms \
            --health-timeout 5s --health-retries 2
            """
        private static let sleeper = #"busybox sh -c 'trap "echo bye; exit 0" TERM; echo up; sleep 100 & wait; wait'"#

        @Test("--ready healthy: start waits for the HEALTHCHECK; status tells its health", arguments: kinds)
        func healthy(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let command = "--ready healthy \(Self.checked) --health-start-period 60s \(Self.sleeper)"
            try host.with(
                units: ["test.service": Host.service(command, "TimeoutStartSec=2")],
                """
                mkdir /run/test-gate
                shows() { eventually "[[ \\$(property test.service StatusText) == *'$1' ]]"; }
                systemctl start --no-block test.service
                shows 'waiting for healthy (0/2)'
                # As long as checks take place it may take longer than TimeoutStartSec=.
                read -r -t 3 <> <(:) || true
                [[ $(property test.service ActiveState) == activating ]]
                touch /run/test-gate/well
                systemctl start test.service
                [[ $(docker inspect --format '{{.State.Health.Status}}' test.service) == healthy ]]
                shows 'running (healthy)'
                rm /run/test-gate/well
                shows 'running (unhealthy)'
                [[ $(property test.service ActiveState) == active ]]
                touch /run/test-gate/well
                shows 'running (healthy)'
                lines=$(log test.service)
                [[ $(grep -c 'became unhealthy: its last check ended with 1' <<<"$lines") == 1 ]]
                [[ $(grep -c 'is healthy again' <<<"$lines") == 1 ]]
                systemctl stop test.service
                [[ $(property test.service Result) == success ]]
                rm -r /run/test-gate
                """)
        }

        @Test("a container that is not ready before it ends, or is unhealthy, fails the start", arguments: kinds)
        func failures(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let check = "--health-interval 200ms --health-retries 2 --health-cmd"
            let commands = [
                "test-unhealthy": "--ready healthy run --rm --name %n \(check) 'echo no answer; false' \(Self.sleeper)",
                "test-early": "--ready healthy run --rm --name %n \(check) true busybox sh -c 'echo sorry; exit 4'",
                "test-late":
                    "--ready healthy run --rm --name %n \(check) false busybox sh -c 'sleep 0.3; echo sorry; exit 5'",
                "test-silent": "--ready notify run --rm --name %n busybox sh -c 'echo sorry; sleep 0.3; exit 6'",
                "test-done": "--ready notify run --rm --name %n busybox sh -c 'echo sorry; sleep 0.3'",
                "test-unchecked": "--ready healthy run --rm --name %n busybox sleep 100",
            ]
            var units = Dictionary(
                uniqueKeysWithValues: commands.map {
                    ("\($0.key).service", Host.service($0.value, "TimeoutStartSec=30"))
                })
            units["test-after.service"] = """
                [Unit]
                Requires=test-late.service
                After=test-late.service
                [Service]
                Type=oneshot
                ExecStart=touch /run/test-after
                """
            try host.with(
                units: units,
                """
                fails() {
                    ! systemctl start test-$1.service || false
                    [[ $(property test-$1.service ActiveState) == failed ]]
                    [[ $(property test-$1.service ExecMainStatus) == $2 && $(property test-$1.service Result) == $3 ]]
                    [[ $(log test-$1.service) == *"$4"* ]]
                }
                fails unhealthy 69 exit-code 'stopping it: its last check ended with 1: no answer'
                log test-unhealthy.service | grep -x bye
                fails early 4 exit-code sorry
                ! systemctl start test-after.service || false
                [[ ! -e /run/test-after ]]
                fails late 5 exit-code sorry
                fails silent 6 exit-code sorry
                log test-silent.service | grep 'ended before it was ready'
                fails done 0 protocol sorry
                fails unchecked 64 exit-code 'has no HEALTHCHECK'
                """)
        }

        @Test("--on-unhealthy: the container is ended, and Restart= begins a new one", arguments: kinds)
        func onUnhealthy(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let settings = "Restart=on-failure\nRestartSec=100ms"
            let check = "--health-cmd 'test ! -e /bad' --health-interval 300ms --health-retries 1"
            func service(_ action: String) -> String {
                Host.service("--on-unhealthy \(action) run --rm --name %n \(check) \(Self.sleeper)", settings)
            }
            try host.with(
                units: ["test-stop.service": service("stop"), "test-kill.service": service("kill")],
                """
                systemctl start test-stop.service test-kill.service
                for action in stop kill; do
                    docker exec test-$action.service touch /bad
                    eventually "(( \\$(property test-$action.service NRestarts) == 1 ))"
                    eventually "[[ \\$(property test-$action.service ActiveState) == active ]]"
                done
                log test-stop.service | grep -x bye
                ! log test-kill.service | grep -x bye || false
                # systemd itself says so of the one that has ended.
                journalctl --since "$since" --unit test-stop.service | grep 'status=69/UNAVAILABLE'
                journalctl --since "$since" --unit test-kill.service | grep 'status=69/UNAVAILABLE'
                """)
        }

        // MARK: Watchdog

        @Test("WatchdogSec=: a container that lives is no case for it, one that is unhealthy is", arguments: kinds)
        func watchdog(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let command = """
                run --rm --init --name %n --health-cmd 'test ! -e /bad' --health-interval 300ms --health-retries 1 \
                --stop-timeout 1 busybox sleep 100
                """
            try host.with(
                units: ["test.service": Host.service(command, "WatchdogSec=1\nTimeoutStopSec=10")],
                """
                systemctl start test.service
                eventually 'pinged test.service 2'
                [[ $(property test.service ActiveState) == active ]]
                docker exec test.service touch /bad
                eventually '[[ $(property test.service ActiveState) == failed ]]'
                [[ $(property test.service Result) == watchdog ]]
                eventually '[[ -z $(docker ps --all --quiet) ]]'
                """)
        }

        @Test("a pause shows, and is no case for the watchdog", arguments: kinds)
        func paused(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            // Docker pauses what it finds where it has put it.
            let command = "--placement none run --rm --init --name %n busybox sleep 100"
            try host.with(
                units: ["test.service": Host.service(command, "WatchdogSec=1")],
                """
                systemctl start test.service
                docker pause test.service
                eventually '[[ $(property test.service StatusText) == *"running (paused)" ]]'
                eventually 'pinged test.service 2'
                [[ $(property test.service ActiveState) == active ]]
                docker unpause test.service
                eventually '[[ $(property test.service StatusText) == *"is running" ]]'
                systemctl stop test.service
                [[ $(property test.service Result) == success ]]
                """)
        }

        @Test(
            "WatchdogSec= with --ready notify: the container's own pings count",
            arguments: kinds)
        func ownWatchdog(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let script = """
                trap "exit 0" TERM ABRT; [ "$$WATCHDOG_USEC" = 1000000 ] && /notify --ready; \
                while [ ! -e /silent ]; do /notify --no-block WATCHDOG=1; sleep 0.2; done; sleep 100 & wait
                """
            let command = "--ready notify run --rm --name %n \(Notifying.volumes) busybox sh -c '\(script)'"
            try host.with(
                units: ["test.service": Host.service(command, "WatchdogSec=1\nTimeoutStopSec=10")],
                """
                systemctl start test.service
                eventually 'pinged test.service 2'
                [[ $(property test.service ActiveState) == active ]]
                docker exec test.service touch /silent
                eventually '[[ $(property test.service ActiveState) == failed ]]'
                [[ $(property test.service Result) == watchdog ]]
                """)
        }
    }
}
