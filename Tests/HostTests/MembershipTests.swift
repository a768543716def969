// SPDX-License-Identifier: Apache-2.0

import Testing

extension HostTests {
    /// The container belongs to the unit in whose cgroup systemd-docker sits, whatever stands between them.
    @Suite("Membership")
    struct Membership {
        private static let kinds = [Host.Kind.native[0], .trixie, .trixieCgroupfs, .bookwormLegacy]
        static let loop = """
            docker image inspect loop >/dev/null 2>&1 || docker import --change 'CMD ["sh", "-c", \
                "trap \\"exit 0\\" TERM; echo up; while :; do sleep 1000 & wait; done"]' /usr/share/busybox.tar loop >/dev/null

            """

        /// What stands in `ExecStart=` before and after systemd-docker's own command line.
        private static let wrappings: [(before: String, after: String)] = [
            ("/bin/sh -c '", "; true'"), ("/usr/bin/flock /run/test.lock ", ""), ("/bin/sh /run/test.sh", ""),
        ]

        @Test(
            "below a shell, flock, a start script: in the unit, and dead with it",
            arguments: kinds.map { ($0, 0) } + [(.trixie, 1), (.trixie, 2)])
        func wrapped(kind: Host.Kind, wrapping: Int) async throws {
            let host = try await Host.of(kind)
            let (before, after) = Self.wrappings[wrapping]
            let command = "systemd-docker run --rm loop"
            let isScript = before.contains("test.sh")
            try host.with(
                units: [
                    "test.service": """
                    [Unit]
                    StartLimitIntervalSec=0
                    [Service]
                    ExecStart=\(before)\(isScript ? "" : command)\(after)
                    TimeoutStopSec=10
                    """
                ],
                Self.loop + """
                    printf '%s\\n' '\(command)' true >/run/test.sh
                    systemctl start test.service
                    eventually 'log test.service | grep -x up >/dev/null'
                    pid=$(pid_of test.service)
                    grep -E '(^0::|name=systemd:)/system.slice/test.service/[0-9a-f]{64}$' /proc/$pid/cgroup
                    systemctl kill --signal KILL test.service
                    eventually "[[ ! -e /proc/$pid ]]"
                    eventually '[[ $(property test.service ActiveState) =~ ^(inactive|failed)$ ]]'
                    systemctl reset-failed test.service || true
                    systemctl start test.service
                    eventually '[[ $(log test.service | grep -cx up) == 2 ]]'
                    systemctl stop test.service
                    rm -f /run/test.sh /run/test.lock
                    """)
        }

        @Test("several containers in one unit, each with a group of its own", arguments: kinds)
        func several(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let settings = """
                ExecStartPre=/usr/local/bin/systemd-docker run --rm busybox echo pre
                ExecStartPost=/usr/local/bin/systemd-docker run --rm busybox echo post
                ExecReload=/usr/local/bin/systemd-docker run --rm --name test-reload busybox echo reload
                """
            try host.with(
                units: [
                    "test.service": Host.service("run --rm loop", settings),
                    "test2.service": """
                    [Unit]
                    StartLimitIntervalSec=0
                    [Service]
                    ExecStart=/bin/sh -c 'systemd-docker run --rm --name test2-a loop & systemd-docker run --rm --name test2-b loop; wait'
                    TimeoutStopSec=10
                    """,
                ],
                Self.loop + """
                    for round in 1 2 3; do
                        systemctl start test.service
                        pid=$(pid_of test.service)
                        systemctl reload test.service
                        [[ $(pid_of test.service) == $pid && $(property test.service ActiveState) == active ]]
                        for line in pre post reload; do [[ $(log test.service | grep -cx $line) == $round ]]; done
                        systemctl stop test.service
                        [[ $(property test.service Result) == success ]]
                    done
                    ! log test.service | grep -i busy || false

                    systemctl start test2.service
                    eventually '[[ $(log test2.service | grep -cx up) == 2 ]]'
                    groups=$(for name in a b; do grep -Eo '/test2.service/[0-9a-f]{64}$' /proc/$(pid_of test2-$name)/cgroup | sort --unique; done)
                    [[ $(sort --unique <<<"$groups" | wc --lines) == 2 ]]
                    # The end of one is not the other's.
                    docker stop --time 5 test2-a
                    docker exec test2-b true
                    [[ $(property test2.service ActiveState) == active ]]
                    systemctl stop test2.service
                    """)
        }

        @Test("a scope of systemd-run is a unit, a login shell is none", arguments: [Host.Kind.native[0], .trixie])
        func scope(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: [:],
                Self.loop + """
                    systemd-run --scope --unit test-batch systemd-docker run --rm --name test-batch loop >/run/test.out 2>&1 &
                    eventually 'grep -qx up /run/test.out'
                    grep -E '^0::/system.slice/test-batch.scope/[0-9a-f]{64}$' /proc/$(pid_of test-batch)/cgroup
                    systemctl stop test-batch.scope
                    eventually '[[ -z $(docker ps --all --quiet) ]]'

                    systemd-docker run --rm --name test-shell loop >/run/test.out 2>&1 &
                    wrapper=$!
                    eventually 'grep -qx up /run/test.out'
                    ! grep test /proc/$(pid_of test-shell)/cgroup || false
                    kill -TERM $wrapper
                    wait $wrapper || true
                    rm /run/test.out
                    """)
        }

        @Test(
            "where systemd would not hear READY=1, one line says what to write",
            arguments: [Host.Kind.trixie, .bookworm])
        func unheard(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let unit = """
                [Service]
                Type=notify
                ExecStart=/bin/sh -c 'systemd-docker run --rm loop; true'
                TimeoutStartSec=3

                """
            try host.with(
                units: ["test.service": unit, "test2.service": unit + "NotifyAccess=all\n"],
                Self.loop + """
                    ! systemctl start test.service || false
                    [[ $(log test.service | grep -c 'Write "exec" before systemd-docker in the shell.s command, or NotifyAccess=all') == 1 ]]
                    ! journalctl --no-pager --since "$since" | grep 'reception only permitted' || false
                    systemctl start test2.service
                    [[ $(property test2.service StatusText) == 'container test2.service is running' ]]
                    """)
        }
    }
}
