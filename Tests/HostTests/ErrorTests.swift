// SPDX-License-Identifier: Apache-2.0

import Testing

extension HostTests {
    /// Each error is one line that says what was tried, what came of it and what to do; nothing stays.
    @Suite("Errors")
    struct Errors {
        struct Case: Sendable, CustomTestStringConvertible {
            var testDescription: String
            var command: String
            var settings = ""
            var status: Int
            /// Words that stand in the line, in this order.
            var line: String
            /// Further units that the case needs.
            var helpers: [String: String] = [:]
            /// Run before the start.
            var setUp = ""
            var cleanUp = ""
        }

        private static let quiet = "run --rm --name %n busybox sleep 100"

        private static let cases: [Case] = [
            Case(
                testDescription: "no such image", command: "run --rm --pull never --name %n nosuch:1 true",
                status: 125,
                line: "create container test.service from image nosuch:1:.*404.*No such image: nosuch:1.*--pull missing"
            ),
            Case(
                testDescription: "no such command", command: "run --rm --name %n busybox nosuch", status: 127,
                line: "start container test.service:.*executable file not found.*the image has no such command"),
            Case(
                testDescription: "no such command, and the container is to be kept",
                command: "run --name %n busybox nosuch",
                status: 127, line: "start container test.service:.*executable file not found"),
            Case(
                testDescription: "not executable", command: "run --rm --name %n busybox /etc/passwd", status: 126,
                line: "start container test.service:.*permission denied.*not an executable file"),
            Case(
                testDescription: "a folder is not executable", command: "run --rm --name %n busybox /etc", status: 126,
                line: "start container test.service:.*not an executable file"),
            Case(
                testDescription: "Docker refuses the volume",
                command: "run --rm --name %n -v name:relative busybox true",
                status: 125, line: "create container test.service.*Docker answered (400|500):.*relative"),
            Case(
                testDescription: "an unknown option", command: "run --rm --nosuch --name %n busybox true", status: 64,
                line: "--nosuch"),
            Case(
                testDescription: "restarting is systemd's job", command: "run --restart=always --name %n busybox true",
                status: 64, line: "--restart.*Restart="),
            Case(
                testDescription: "a name that Docker would refuse",
                command: "run --rm --name web@1.service busybox true",
                status: 64, line: "web@1.service.*--name %p-%i"),
            Case(
                testDescription: "no socket", command: "--engine-timeout 0 \(quiet)",
                settings: "Environment=DOCKER_HOST=unix:///run/nosuch.sock",
                status: 125, line: "connect to Docker at /run/nosuch.sock: No such file or directory.*docker.service"),
            Case(
                testDescription: "no socket for as long as we are to wait", command: "--engine-timeout 1s \(quiet)",
                settings: "Environment=DOCKER_HOST=unix:///run/nosuch.sock", status: 125,
                line: "wait for Docker \\(--engine-timeout\\): connect to Docker at /run/nosuch.sock: No such file"),
            Case(
                testDescription: "no permission on the socket", command: quiet, settings: "User=nobody", status: 125,
                line: "connect to Docker at /var/run/docker.sock: Permission denied.*group docker"),
            Case(
                testDescription: "another machine's Docker", command: quiet,
                settings: "Environment=DOCKER_HOST=tcp://192.0.2.1:2375", status: 125,
                line: "DOCKER_HOST=tcp://192.0.2.1:2375:.*under a unit of this one.*unix://"),
            Case(
                testDescription: "a daemon that hangs", command: "--engine-timeout 0 \(quiet)",
                settings: "Environment=DOCKER_HOST=unix:///run/test-hang.sock", status: 125,
                line: "GET /_ping: no answer from Docker within 10 s",
                helpers: [
                    // systemd takes the connection, and starts nobody who would answer.
                    "test-hang.socket": "[Socket]\nListenStream=/run/test-hang.sock\nRemoveOnStop=yes",
                    "test-hang.service": "[Service]\nExecStart=sleep infinity",
                ], setUp: "systemctl start test-hang.socket",
                cleanUp: "systemctl stop test-hang.socket test-hang.service"),
            Case(
                testDescription: "a daemon that answers garbage", command: quiet,
                settings: "Environment=DOCKER_HOST=unix:///run/test-garbage.sock", status: 125,
                line: "GET /_ping: invalid response from Docker",
                helpers: [
                    "test-garbage.socket":
                        "[Socket]\nListenStream=/run/test-garbage.sock\nAccept=yes\nRemoveOnStop=yes",
                    "test-garbage@.service":
                        "[Service]\nStandardInput=socket\nExecStart=sh -c 'read line; echo \"SMTP ready\"'",
                ], setUp: "systemctl start test-garbage.socket", cleanUp: "systemctl stop test-garbage.socket"),
            Case(
                testDescription: "cgroups that are read-only", command: quiet, settings: "ProtectControlGroups=yes",
                status: 125, line: "Read-only file system.*ProtectControlGroups"),
        ]

        @Test("in a unit", arguments: cases)
        func errors(one: Case) async throws {
            let host = try await Host.of(.trixie)
            var units = one.helpers
            units["test.service"] = Host.service(
                one.command, "RestartPreventExitStatus=64\nRestart=on-failure\nRestartSec=1h\n" + one.settings)
            try host.with(
                units: units,
                """
                \(one.setUp)
                systemctl start --no-block test.service || true
                eventually '[[ $(property test.service SubState) =~ ^(auto-restart|failed)$ ]]'
                lines=$(log test.service)
                status=$(property test.service ExecMainStatus)
                state=$(property test.service SubState)
                \(one.cleanUp)
                echo "$lines" >&2
                [[ $status == \(one.status) ]]
                [[ $state == \(one.status == 64 ? "failed" : "auto-restart") ]]
                [[ $(grep -c '^systemd-docker: ' <<<"$lines") == $(grep -c . <<<"$lines") ]]
                grep -E -e '\(one.line.replacing("'", with: "'\\''"))' <<<"$lines"
                """)
        }

        @Test("a unit that is stopped while its start hangs is inactive, not failed", arguments: [Host.Kind.trixie])
        func stoppedWhileStarting(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: [
                    "test-hang.socket": "[Socket]\nListenStream=/run/test-hang.sock\nRemoveOnStop=yes",
                    "test-hang.service": "[Service]\nExecStart=sleep infinity",
                    "test.service": Host.service(
                        "run --rm --name %n busybox sleep 100", "Environment=DOCKER_HOST=unix:///run/test-hang.sock"),
                ],
                """
                systemctl start test-hang.socket
                systemctl start --no-block test.service
                eventually '[[ $(property test.service StatusText) == *"waiting for Docker at /run/test-hang.sock"* ]]'
                systemctl stop test.service
                [[ $(property test.service ActiveState) == inactive && $(property test.service Result) == success ]]
                """)
        }

        @Test("--help and --version answer on stdout, with status 0", arguments: [Host.Kind.trixie])
        func help(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.run(
                """
                systemd-docker --help | grep -- --pid-file >/dev/null
                systemd-docker run --help | grep -- --stop-signal >/dev/null
                systemd-docker --version | grep -E '^systemd-docker [0-9]' >/dev/null
                status=0; systemd-docker 2>/tmp/test-error || status=$?
                [[ $status == 64 && $(wc -l </tmp/test-error) == 1 ]]
                rm /tmp/test-error
                """)
        }
    }
}
