// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

extension HostTests {
    /// What only our own runtime can hand to a container: descriptors.
    @Suite("Sockets and streams")
    struct Sockets {
        @Test(
            "web.socket: the first connection starts nginx, and those that come while it restarts are answered",
            arguments: Host.Kind.native)
        func socketActivation(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.importNginx()
            try host.with(
                units: [
                    "web.socket": try UnitFiles.file("web.socket"), "web.service": try UnitFiles.file("web.service"),
                ],
                """
                systemd-analyze --man=no verify /etc/systemd/system/web.service
                systemctl start web.socket
                [[ $(property web.service ActiveState) == inactive ]]
                [[ $(curl --silent http://127.0.0.1/) == hello ]]
                [[ $(property web.service ActiveState) == active ]]
                log web.service | grep 'using inherited sockets from "3;"'
                # Nobody but systemd and nginx has the port: there is no network and no proxy of Docker's.
                [[ $(docker inspect --format '{{.HostConfig.NetworkMode}}' web.service) == none ]]
                systemctl restart --no-block web.service
                for ((count = 0; count < 50; count++)); do
                    [[ $(curl --silent --show-error http://127.0.0.1/) == hello ]]
                    [[ $(property web.service Job) != 0 ]] || break
                done
                ((count > 0))
                [[ $(property web.service ActiveState) == active && $(property web.service NRestarts) == 0 ]]
                systemctl stop web.socket web.service
                [[ $(property web.service Result) == success ]]
                """)
        }

        @Test("every descriptor arrives, with its name and in its order", arguments: Host.Kind.native)
        func descriptors(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            // More than one message carries (SCM_MAX_FD is 253).
            let many = (0..<260).map { "ListenStream=/run/test-sockets/\($0)" }.joined(separator: "\n")
            try host.with(
                units: [
                    "test.socket": "[Socket]\nFileDescriptorName=many\n\(many)",
                    "test-one.socket":
                        "[Socket]\nService=test.service\nFileDescriptorName=one\nListenDatagram=/run/test-one",
                    "test.service": Host.service(
                        """
                        run --rm --init=false --name %n busybox sh -c \\
                        'echo fds=$$LISTEN_FDS pid=$$LISTEN_PID self=$$$$; echo names=$$LISTEN_FDNAMES; ls /proc/self/fd | wc -l; \\
                        trap "exit 0" TERM; sleep 100 & wait'
                        """, "LimitNOFILE=4096"),
                ],
                """
                systemctl start test.socket test-one.socket
                systemctl start test.service
                eventually 'log test.service | grep names= >/dev/null'
                log test.service | grep -x 'fds=261 pid=1 self=1'
                names=$(log test.service | sed -n s/^names=//p | tr : '\\n')
                [[ $(grep -cx many <<<"$names") == 260 && $(grep -cx one <<<"$names") == 1 ]]
                process=$(pid_of test.service)
                # In the order of the names, and nothing else behind them.
                number=3
                for name in $names; do
                    [[ $(readlink /proc/$process/fd/$number) == socket:* ]] || { echo "$number is no socket" >&2; exit 1; }
                    number=$((number + 1))
                done
                inode=$(readlink /proc/$process/fd/$((3 + $(grep -nx one <<<"$names" | cut -d: -f1) - 1)) | tr -dc 0-9)
                grep -w "$inode" /proc/net/unix | grep /run/test-one
                systemctl stop test.socket test-one.socket test.service
                rm -rf /run/test-sockets /run/test-one
                """)
        }

        @Test("without our runtime a unit with sockets does not start, and the error says what to do")
        func refused() async throws {
            let host = try await Host.of(.trixie)
            try host.with(
                units: [
                    "test.socket": "[Socket]\nListenStream=/run/test-socket",
                    "test.service": Host.service("run --rm --name %n busybox sleep 100"),
                ],
                """
                systemctl start test.socket
                ! systemctl start test.service || false
                [[ $(property test.service ExecMainStatus) == 125 ]]
                log test.service | grep "hand the unit's 1 sockets to the container: it needs --placement native.*systemd-docker setup"
                systemctl stop test.socket
                rm -f /run/test-socket
                """)
        }

        @Test(
            "--log-driver passthrough: the journal has the container's own lines, by its own processes",
            arguments: Host.Kind.native)
        func passthrough(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: [
                    "test.service": Host.service(
                        """
                        run --rm --name %n --log-driver=passthrough busybox sh -c \\
                        'echo said; echo "<3>complained" >&2; trap "echo bye; exit 0" TERM; sleep 100 & wait'
                        """)
                ],
                """
                systemctl start test.service
                eventually 'log test.service | grep -x complained >/dev/null'
                journalctl --sync
                entry() { journalctl --no-pager --output json --since "$since" --unit test.service | grep -F '"MESSAGE":"'$1'"'; }
                [[ $(entry said) == *'"_PID":"'$(pid_of test.service)'"'* ]]
                [[ $(entry complained) == *'"PRIORITY":"3"'* && $(entry said) == *'"PRIORITY":"6"'* ]]
                # We ourselves copy nothing.
                main=$(property test.service MainPID)
                ! log test.service | grep 'Docker sends' || false
                [[ $(readlink /proc/$main/fd/1) == "$(readlink /proc/$(pid_of test.service)/fd/1)" ]]
                systemctl stop test.service
                log test.service | grep -x bye
                """)
        }

        @Test(
            "--log-driver passthrough is refused with -t, and where placement is not native",
            arguments: [
                ("-t --log-driver passthrough", 64, "--log-driver passthrough and -t contradict each other"),
                ("--log-driver passthrough", 125, "--log-driver passthrough: it needs --placement native"),
            ])
        func passthroughRefused(options: String, status: Int, reason: String) async throws {
            let host = try await Host.of(.trixie)
            try host.with(
                units: ["test.service": Host.service("run \(options) --rm --name %n busybox sleep 100")],
                """
                ! systemctl start test.service || false
                [[ $(property test.service ExecMainStatus) == \(status) ]]
                log test.service | grep -F -e '\(reason)'
                """)
        }
    }
}
