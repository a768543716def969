// SPDX-License-Identifier: Apache-2.0

import Testing

/// Tools of the host for a container that has none: all of them are on the host's /usr.
enum Notifying {
    static let volumes = """
        --volume /usr/lib:/usr/lib:ro --volume /usr/lib:/lib:ro --volume /usr/lib64:/lib64:ro \
        --volume /usr/bin/systemd-notify:/notify:ro --volume /usr/bin/perl:/perl:ro
        """
}

extension HostTests {
    /// What a container may tell systemd, and what it may not.
    @Suite("Notifications")
    struct Proxy {
        /// Sends datagrams, whatever is in them, and descriptors by the hundred; perl knows no sendmsg(2).
        private static let hostile = #"""
            use Socket;
            my $given = 0;
            socket(my $socket, AF_UNIX, SOCK_DGRAM, 0) or die;
            connect($socket, pack_sockaddr_un($ENV{NOTIFY_SOCKET})) or die "connect: $!";
            sub put { send($socket, $_[0], 0) }
            sub give {
                my ($text, $count) = @_;
                open(my $null, "<", "/dev/null") or die;
                my $control = pack("Q l l", 16 + 4 * $count, 1, 1) . pack("l", fileno($null)) x $count;
                my $part = pack("P Q", $text, length $text);
                my $message = pack("Q Q P Q P Q Q", 0, 0, $part, 1, $control, length $control, 0);
                # The kernel lets nobody have more of them on their way than RLIMIT_NOFILE (unix(7), ETOOMANYREFS).
                $given++ if syscall(46, fileno($socket), $message, 0) >= 0;
            }
            for (1 .. 300) {
                give("FDSTORE=1\nFDNAME=x", 253);
                give("BARRIER=1", 1);
                put("MAINPID=1\nNOTIFYACCESS=all");
                put("X" x 100000);
                put("\xff\xfe\0\n=\n");
                put("");
                put("X_$_=1");
                put("STATUS=\r\nMAINPID=1\0");
            }
            die "no descriptor was taken" unless $given > 100;
            put("READY=1\nMAINPID=1\nSTATUS=survived");
            """#

        @Test("hostile messages change nothing, and leave no descriptor behind", arguments: Ready.kinds)
        func hostile(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let command = """
                --notify run --rm --user 65534 --name %n \(Notifying.volumes) --volume /run/test.pl:/test.pl:ro \
                busybox sh -c 'trap "exit 0" TERM; while [ ! -e /tmp/go ]; do sleep 0.1; done; /perl /test.pl; \
                sleep 100 & wait'
                """
            try host.with(
                units: ["test.service": Host.service(command, "NotifyAccess=main\nTimeoutStartSec=30")],
                """
                cat >/run/test.pl <<'PERL'
                \(Self.hostile)
                PERL
                systemctl start --no-block test.service
                eventually '[[ $(property test.service StatusText) == *READY=1 ]]'
                main=$(property test.service MainPID)
                before=$(ls /proc/$main/fd | wc -l)
                docker exec test.service touch /tmp/go
                # A stranger, who would be believed if it were in the container.
                NOTIFY_SOCKET=/run/systemd-docker/test.service/notify systemd-notify --no-block --status=stranger
                systemctl start test.service
                eventually '[[ $(property test.service StatusText) == survived ]]'
                [[ $(property test.service MainPID) == $main && $(property test.service NFileDescriptorStore) == 0 ]]
                [[ $(ls /proc/$main/fd | wc -l) == $before ]]
                lines=$(log test.service | grep 'not passed on')
                for name in MAINPID= NOTIFYACCESS= FDSTORE= FDNAME= 'more than 4096 bytes' 'not in the container'; do
                    [[ $(grep -c "$name" <<<"$lines") == 1 ]]
                done
                (( $(wc -l <<<"$lines") <= 16 ))
                ! grep BARRIER <<<"$lines" || false
                systemctl stop test.service
                rm /run/test.pl
                """)
        }

        @Test("docker restart leaves it active", arguments: Ready.kinds)
        func restarted(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let command = """
                --ready notify run --name %n \(Notifying.volumes) busybox \
                sh -c '/notify --ready; trap "exit 0" TERM; sleep 1000 & wait'
                """
            try host.with(
                units: ["test.service": Host.service(command)],
                """
                systemctl start test.service
                for life in 1 2 3; do
                    docker restart --time 5 test.service
                    eventually "[[ \\$(log test.service | grep -c 'following it') == $life ]]"
                    [[ $(property test.service ActiveState) == active ]]
                done
                systemctl stop test.service
                [[ $(property test.service Result) == success ]]
                docker rm test.service
                """)
        }

        @Test("a sender that has ended before its message is read is heard", arguments: Ready.kinds)
        func sendersEnd(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let command = """
                --notify run --rm --name %n \(Notifying.volumes) busybox sh -c 'trap "exit 0" TERM; sleep 100 & wait'
                """
            try host.with(
                units: [
                    "test.service": Host.service(command),
                    "test-short.service": Host.service(
                        "--notify run --rm --name %n \(Notifying.volumes) busybox /notify --no-block --ready",
                        "RemainAfterExit=yes"),
                ],
                """
                systemctl start --no-block test.service
                eventually '[[ $(property test.service StatusText) == *READY=1 ]]'
                main=$(property test.service MainPID)
                kill -STOP $main
                docker exec test.service /notify --no-block --ready
                kill -CONT $main
                systemctl start test.service
                [[ $(property test.service ActiveState) == active ]]
                # Its READY is all that it ever does.
                systemctl start test-short.service
                [[ $(property test-short.service Result) == success ]]
                """)
        }
    }
}
