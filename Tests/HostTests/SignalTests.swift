// SPDX-License-Identifier: Apache-2.0

import Testing

extension HostTests {
    /// The container gets each signal once, whether systemd sends it to the main process or to the whole unit.
    @Suite("Signals")
    struct Signals {
        /// Says each signal that its PID 1 gets; the numbers are real-time signals, which queue, so that two count as two.
        private static let witness = """
            busybox sh -c 'for s in HUP INT QUIT USR1 USR2 WINCH CONT 40 64; do trap "echo got-$s" $s; done; \
            trap "echo got-TERM; exit 0" TERM; echo up; while :; do sleep 100 & wait; done'
            """

        private static let modes = ["control-group", "mixed", "process"]

        @Test("once each, from systemctl kill and from kill", arguments: Host.Kind.all, modes)
        func once(kind: Host.Kind, mode: String) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: ["test.service": Host.service("run --rm --name %n \(Self.witness)", "KillMode=\(mode)")],
                """
                systemctl start test.service
                got() { log test.service | grep -cx "got-$1"; }
                eventually 'log test.service | grep -x up >/dev/null'
                systemctl kill --signal HUP test.service
                eventually '[[ $(got HUP) == 1 ]]'
                systemctl kill --signal USR1 --kill-who=main test.service
                eventually '[[ $(got USR1) == 1 ]]'
                kill -USR2 $(property test.service MainPID)
                eventually '[[ $(got USR2) == 1 ]]'
                systemctl kill --signal 40 test.service
                eventually '[[ $(got 40) == 1 ]]'
                systemctl kill --signal 64 --kill-who=main test.service
                eventually '[[ $(got 64) == 1 ]]'
                for signal in INT QUIT WINCH CONT; do
                    kill -$signal $(property test.service MainPID)
                    eventually "[[ \\$(got $signal) == 1 ]]"
                done
                systemctl stop test.service
                [[ $(property test.service Result) == success ]]
                for signal in HUP INT QUIT USR1 USR2 WINCH 40 64 TERM; do [[ $(got $signal) == 1 ]]; done
                """)
        }

        @Test("once each in a unit that no notification leaves", arguments: [Host.Kind.trixie, .bookwormLegacy])
        func simple(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let unit = Host.service("run --rm --name %n \(Self.witness)", "TimeoutStopSec=5").replacing(
                "Type=notify", with: "Type=simple")
            try host.with(
                units: ["test.service": unit],
                """
                systemctl start test.service
                got() { log test.service | grep -cx "got-$1"; }
                eventually 'log test.service | grep -x up >/dev/null'
                systemctl kill --signal HUP test.service
                systemctl kill --signal USR1 --kill-who=main test.service
                eventually '[[ $(got HUP) == 1 && $(got USR1) == 1 ]]'
                systemctl stop test.service
                for signal in HUP USR1 TERM; do [[ $(got $signal) == 1 ]]; done
                """)
        }

        @Test("systemctl stop becomes the container's stop signal", arguments: Host.Kind.all, modes)
        func stopSignal(kind: Host.Kind, mode: String) async throws {
            let host = try await Host.of(kind)
            let command = """
                run --rm --name %n --stop-signal USR1 busybox sh -c \
                'trap "echo got-USR1; exit 0" USR1; trap : TERM; while :; do sleep 100 & wait; done'
                """
            try host.with(
                units: ["test.service": Host.service(command, "KillMode=\(mode)")],
                """
                systemctl start test.service
                systemctl stop test.service
                [[ $(property test.service Result) == success ]]
                log test.service | grep -x got-USR1 >/dev/null
                """)
        }

        @Test("--stop-timeout kills what does not stop, before systemd would", arguments: Host.Kind.all)
        func stopTimeout(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            // PID 1 without a handler: the kernel does not deliver SIGTERM to it.
            let unit = Host.service("run --rm --name %n --stop-timeout 1 busybox sleep 1000", "TimeoutStopSec=60")
            try host.with(
                units: ["test.service": unit],
                """
                systemctl start test.service
                start=$SECONDS
                systemctl stop test.service
                (( SECONDS - start < 15 ))
                [[ $(property test.service ExecMainCode) == 2 && $(property test.service ExecMainStatus) == 9 ]]
                """)
        }
    }
}
