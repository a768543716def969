// SPDX-License-Identifier: Apache-2.0

import Testing

extension HostTests {
    /// `systemctl reload`.
    @Suite("Reload")
    struct Reload {
        /// systemd 252 knows no `Type=notify-reload`: there it is `ExecReload=`.
        private static func service(_ command: String, _ kind: Host.Kind) -> String {
            kind == .bookworm
                ? Host.service(command, "ExecReload=kill -HUP $MAINPID")
                : Host.service(command).replacing("Type=notify", with: "Type=notify-reload")
        }

        @Test("SIGHUP goes to the container, once, and the unit is active again", arguments: Ready.kinds)
        func signal(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let command = """
                run --rm --name %n busybox sh -c \
                'trap "echo got-HUP" HUP; trap "exit 0" TERM; echo up; while :; do sleep 100 & wait; done'
                """
            try host.with(
                units: ["test.service": Self.service(command, kind)],
                """
                systemctl start test.service
                eventually 'log test.service | grep -x up'
                for count in 1 2; do
                    systemctl reload test.service
                    eventually "[[ \\$(log test.service | grep -cx got-HUP) == $count ]]"
                    eventually '[[ $(property test.service ActiveState) == active ]]'
                done
                # A signal by hand is a reload, too, and leaves the unit as it was.
                kill -HUP $(property test.service MainPID)
                eventually "[[ \\$(log test.service | grep -cx got-HUP) == 3 ]]"
                eventually '[[ $(property test.service SubState) == running ]]'
                systemctl stop test.service
                [[ $(property test.service Result) == success ]]
                """)
        }

        @Test("--reload-command runs in the container instead; a reload that fails says why", arguments: Ready.kinds)
        func command(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let command = """
                --reload-command "sh -c 'echo reloading >&2; sleep 0.5; echo reloaded; test ! -e /bad'" \
                run --rm --name %n busybox sh -c 'trap "exit 0" TERM; sleep 100 & wait'
                """
            try host.with(
                units: [
                    "test.service": Self.service(command, kind),
                    "test-no.service": Self.service(
                        "--reload-command /no run --rm --init --name %n busybox sleep 100", kind),
                ],
                """
                reload() {
                    systemctl reload $1
                    eventually "property $1 StatusText | grep -Ex '.*$2' && [[ \\$(property $1 SubState) == running ]]"
                }
                systemctl start test.service test-no.service
                reload test.service 'test.service is running'
                eventually 'log test.service | grep -x reloaded'
                docker exec test.service touch /bad
                reload test.service 'reload command sh: exit status 1'
                docker exec test.service rm /bad
                reload test.service 'test.service is running'
                lines=$(log test.service)
                [[ $(grep -cx reloading <<<"$lines") == 3 && $(grep -cx reloaded <<<"$lines") == 3 ]]
                [[ $(grep -c 'was not reloaded: reload command sh: exit status 1' <<<"$lines") == 1 ]]
                reload test-no.service 'reload command /no: exit status 12[67]'
                log test-no.service | grep 'no such file or directory'
                systemctl stop test.service test-no.service
                """)
        }

        @Test(
            "systemctl reload waits: for the command, and for the container that says when it is done",
            arguments: [Host.Kind.forky])
        func waits(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let own = """
                --ready notify run --rm --name %n \(Notifying.volumes) busybox sh -c 'trap "exit 0" TERM; \
                trap "/notify --reloading; sleep 0.5; echo reloaded; /notify --ready" HUP; /notify --ready; \
                while :; do sleep 100 & wait; done'
                """
            let command = """
                --reload-command "sh -c 'sleep 0.5; echo reloaded'" run --rm --init --name %n busybox sleep 100
                """
            try host.with(
                units: [
                    "test-own.service": Self.service(own, kind), "test-command.service": Self.service(command, kind),
                ],
                """
                systemctl start test-own.service test-command.service
                for unit in test-own.service test-command.service; do
                    systemctl reload $unit
                    [[ $(property $unit SubState) == running ]]
                    log $unit | grep -x reloaded
                done
                """)
        }
    }
}
