// SPDX-License-Identifier: Apache-2.0

import Testing

extension HostTests {
    /// A container has the time to stop that its unit gives it, whoever asks, in whatever order and however often.
    @Suite("Stop")
    struct Stop {
        /// The image `slow`: its PID 1 works for 3 s after a SIGTERM, in short sleeps, as a program does that saves.
        static let slow = """
            docker image inspect slow >/dev/null 2>&1 || docker import --change 'CMD ["sh", "-c", \
                "trap \\"for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.3; done; echo saved; exit 0\\" TERM; \
                echo up; while :; do sleep 1000 & wait; done"]' /usr/share/busybox.tar slow >/dev/null

            """

        /// Where systemd-docker stands in the unit, and whether systemd itself lets the container save there.
        private enum Form: String, CaseIterable {
            case direct, exec, shell

            func line(_ command: String) -> String {
                switch self {
                case .direct: "/usr/local/bin/systemd-docker \(command)"
                case .exec: "/bin/sh -c 'exec systemd-docker \(command)'"
                case .shell: "/bin/sh -c 'systemd-docker \(command); true'"
                }
            }

            /// Below a shell that is the main process: with `mixed` all others get SIGKILL as soon as it has ended, with
            /// `process` and `none` they are left running (systemd.kill(5)), which ends in no "saved".
            func saves(_ mode: String) -> Bool { self != .shell || mode == "control-group" }
        }

        /// One unit for each cell, all at once: each takes three seconds, and most of that is waiting.
        @Test("what asks it to stop, and how often, makes no difference", arguments: Host.Kind.stops)
        func table(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            var units: [String: String] = [:]
            var stops = ""
            // The whole table where the container is born in the unit and where it is moved; elsewhere a few of its lines.
            // systemd is not told of an empty version 1 cgroup in these hosts (cgroups(7), release_agent), so there
            // a unit whose main process is gone waits for the whole of TimeoutStopSec=.
            let isWhole = [Host.Kind.native[0], .trixie].contains(kind)
            for (number, request) in Self.requests.enumerated() where isWhole || [0, 1, 5].contains(number) {
                for form in isWhole ? Form.allCases : [.direct] {
                    for mode in ["control-group", "mixed", "process"] + (isWhole ? ["none"] : [])
                    where form.saves(mode) {
                        let cell = Cell(number, request, form, mode)
                        // Without a signal of systemd's, and with none of ours, nothing is to stop it.
                        guard mode != "none" || request.asks else { continue }
                        units[cell.unit] = cell.file
                        stops += cell.stop
                    }
                }
            }
            let names = units.keys.sorted()
            let ends = names.map {
                """
                eventually '[[ $(property \($0) ActiveState) =~ ^(inactive|failed)$ ]]'
                # With KillMode=none systemd itself does not wait for it.
                eventually '[[ $(log \($0) | grep -cx saved) == 1 ]]' || { echo "\($0) has saved nothing"; exit 1; }
                [[ $(property \($0) Result) == success ]] || { echo "\($0) has failed"; exit 1; }

                """
            }
            try host.with(
                units: units,
                Self.slow + """
                    systemctl start \(names.joined(separator: " "))
                    for unit in \(names.joined(separator: " ")); do
                        eventually "log $unit | grep -x up >/dev/null"
                    done
                    \(stops)
                    \(ends.joined())
                    """)
        }

        private struct Request {
            /// `ExecStop=`.
            var stop = ""
            /// What is run while systemd stops the unit.
            var meanwhile = ""

            /// Whether the container is asked though systemd itself asks nothing.
            var asks: Bool { stop.contains("TERM") || stop.contains("docker") || !meanwhile.isEmpty }
        }

        /// What asks the container to stop, beside systemd itself.
        private static let requests = [
            Request(),
            Request(stop: "/bin/kill -TERM $MAINPID"),
            Request(stop: "/bin/sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do kill -TERM $MAINPID; done'"),
            Request(stop: "/usr/bin/docker stop --time 20 NAME"),
            Request(stop: "/usr/bin/docker kill --signal TERM NAME"),
            Request(stop: "/bin/sleep 0.5", meanwhile: "kill -TERM $main"),
            Request(meanwhile: "for signal in TERM HUP INT QUIT TERM TERM INT; do kill -$signal $main; done"),
            Request(
                meanwhile: "systemctl kill --signal TERM UNIT; systemctl kill --signal TERM --kill-who=main UNIT"),
            Request(meanwhile: "docker kill --signal TERM NAME; docker stop --time 20 NAME"),
        ]

        private struct Cell {
            let name: String
            let unit: String
            let file: String
            let stop: String

            init(_ number: Int, _ request: Request, _ form: Form, _ mode: String) {
                let name = "test-\(number)-\(form)-\(mode)"
                func named(_ text: String) -> String {
                    text.replacing("UNIT", with: "\(name).service").replacing("NAME", with: name)
                }
                self.name = name
                unit = "\(name).service"
                // Below a shell, $MAINPID is the shell.
                let execStop = form == .shell && request.stop.contains("MAINPID") ? "" : named(request.stop)
                file = """
                    [Unit]
                    StartLimitIntervalSec=0
                    [Service]
                    Type=\(form == .shell ? "simple" : "notify")
                    KillMode=\(mode)
                    TimeoutStopSec=60
                    ExecStart=\(form.line("run --rm --name \(name) slow"))
                    \(execStop.isEmpty ? "" : "ExecStop=\(execStop)")
                    """
                let meanwhile = request.meanwhile.isEmpty ? ":" : named(request.meanwhile)
                stop = """
                    main=$(property \(unit) MainPID)
                    systemctl stop --no-block \(unit)
                    eventually '[[ $(property \(unit) ActiveState) != active ]]'
                    { \(meanwhile); } >/dev/null 2>&1 &

                    """
            }
        }

        @Test("a container that does not stop is killed when TimeoutStopSec= says so, and nothing is left")
        func timeout() async throws {
            let host = try await Host.of(.trixie)
            let command = "run --rm --name %n busybox sh -c 'trap \"echo no\" TERM; while :; do sleep 100 & wait; done'"
            try host.with(
                units: ["test.service": Host.service(command, "TimeoutStopSec=3")],
                """
                systemctl start test.service
                main=$(property test.service MainPID)
                systemctl stop --no-block test.service
                eventually 'log test.service | grep -x no'
                [[ $(property test.service StatusText) == stopping ]]
                kill -TERM $main
                eventually '[[ $(property test.service ActiveState) == failed ]]'
                [[ $(property test.service Result) == timeout ]]
                """)
        }

        @Test("in a shell the third SIGTERM ends it, as it ends docker's client")
        func shell() async throws {
            let host = try await Host.of(.trixie)
            try host.run(
                Host.functions + """
                    systemd-docker run --rm --name test busybox sh -c \
                        'trap "echo got" TERM; echo up; while :; do sleep 0.1; done' >/run/test.out 2>&1 &
                    wrapper=$!
                    eventually 'grep -qx up /run/test.out'
                    for count in 1 2; do
                        kill -TERM $wrapper
                        eventually "[[ \\$(grep -cx got /run/test.out) == $count ]]"
                    done
                    kill -TERM $wrapper
                    status=0
                    wait $wrapper || status=$?
                    [[ $status == 137 ]]
                    [[ -z $(docker ps --all --quiet) ]]
                    rm /run/test.out
                    """)
        }
    }
}

extension Host.Kind {
    /// Each way of placement, and version 1.
    fileprivate static let stops = [native[0], trixie, trixieCgroupfs, bookwormLegacy]
}
