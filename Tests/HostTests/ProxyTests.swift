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
                lines=$(log test.service | grep 'not forwarded')
                for name in MAINPID= NOTIFYACCESS= FDSTORE= FDNAME= 'more than 4096 bytes' 'not in the container'; do
                    [[ $(grep -c "$name" <<<"$lines") == 1 ]]
                done
                (( $(wc -l <<<"$lines") <= 16 ))
                ! grep BARRIER <<<"$lines" || false
                systemctl stop test.service
                rm /run/test.pl
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

        /// Sends READY, a STATUS and STOPPING so often, every other time by a process that ends at once; and tells how
        /// often the kernel let it.
        private static let stranger = #"""
            use Socket; use POSIX;
            my ($path, $count, $word) = @ARGV;
            my $sent = 0;
            sub put {
                socket(my $socket, AF_UNIX, SOCK_DGRAM, 0) or die;
                return send($socket, "READY=1\nSTATUS=$word $_[0]\nSTOPPING=1", 0, pack_sockaddr_un($path));
            }
            for my $number (1 .. $count) {
                if ($number % 2) { $sent++ if put($number); next; }
                my $child = fork // die;
                POSIX::_exit(put($number) ? 0 : 1) unless $child;
                waitpid($child, 0);
                $sent++ unless $?;
            }
            print "$word: $sent\n";
            """#

        /// One host for each way of placement, and one whose kernel does not tell where a process was that is gone: on
        /// version 1.
        static let kinds = [
            Host.Kind.trixie, .trixieCgroupfs, Host.Kind.native[0], .bookwormLegacy, .bookwormLegacySystemd,
        ]

        @Test("nobody else speaks for a container, dead or alive, after docker start by hand as well", arguments: kinds)
        func strangers(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let command = """
                --ready notify run --name %n \(Notifying.volumes) --volume /run/test.pl:/test.pl:ro busybox \
                sh -c 'trap "exit 0" TERM; while [ ! -e /go ]; do sleep 0.1; done; rm /go; \
                /notify --no-block --ready --status=ours; sleep 1000 & wait'
                """
            // Root outside of the container, and gone, is told from the container's on version 2 alone.
            let root = kind.hierarchy == "v2" ? "perl /run/test.pl $socket 1000 root" : "echo root: 1000"
            let output = try host.with(
                units: ["test.service": Host.service(command, "TimeoutStartSec=300\nTimeoutStopSec=5")],
                """
                cat >/run/test.pl <<'PERL'
                \(Self.stranger)
                PERL
                socket=/run/systemd-docker/test.service/notify
                in_container="/perl /test.pl /run/systemd-docker/notify 1000"
                for round in new old; do
                    systemctl start --no-block test.service
                    eventually '[[ $(property test.service StatusText) == *READY=1 ]]'
                    setpriv --reuid 65534 --regid 65534 --clear-groups perl /run/test.pl $socket 1000 user
                    \(root)
                    docker run --rm --volumes-from test.service busybox $in_container sibling
                    docker run --rm --volumes-from test.service --user 65534 --network host busybox $in_container other
                    docker run --rm \(Notifying.volumes) --volume /run/test.pl:/test.pl:ro --network host busybox \
                        /perl /test.pl $socket 1000 network
                    [[ $(property test.service ActiveState) == activating ]]
                    [[ $(property test.service StatusText) == *READY=1 ]]
                    docker exec test.service touch /go
                    systemctl start test.service
                    [[ $(property test.service StatusText) == ours ]]
                    systemctl stop test.service
                    [[ $(property test.service Result) == success ]]
                    [[ $round == new ]] || continue
                    # Docker makes the folders, for all to enter, and one in the place of the socket.
                    docker start test.service >/dev/null 2>&1 || true
                    [[ $(stat --format %a /run/systemd-docker/test.service) == 755 ]]
                    docker stop --time 1 test.service >/dev/null
                done
                rm /run/test.pl
                docker rm test.service >/dev/null
                """)
            let expected = ["user: 0", "root: 1000", "sibling: 1000", "other: 1000", "network: 0"]
            #expect(output.split(separator: "\n").map(String.init) == expected + expected, "on \(kind.name)")
        }

        @Test("folders of others, and links, are refused in words", arguments: [kinds[0]])
        func folders(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: ["test.service": Host.service("--ready notify run --rm --name %n busybox true")],
                """
                refuses() {
                    ! systemctl start test.service || false
                    [[ $(log test.service | tail --lines 1) == *"cannot make the socket for --ready notify: $1" ]]
                }
                folder=/run/systemd-docker/test.service
                mkdir --parents --mode 700 $folder
                chown nobody $folder
                refuses "folder $folder belongs to user 65534. Remove it"
                rmdir $folder
                ln --symbolic /tmp $folder
                refuses "$folder is not a folder (a link is not followed). Remove it"
                rm $folder
                """)
        }

        @Test("READY of a process that ends at once is never lost", arguments: kinds)
        func shortLived(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let command = """
                --ready notify run --rm --name %p-%i \(Notifying.volumes) busybox sh -c 'trap "exit 0" TERM; \
                /notify --no-block --ready --status=ours; sleep 1000 & wait'
                """
            try host.with(
                units: ["test@.service": Host.service(command, "TimeoutStartSec=20")],
                """
                # Two at a time keep each other from the processor.
                starts() {
                    local round
                    for ((round = 0; round < \(Host.rounds(20)); round++)); do
                        systemctl start $1 && [[ $(property $1 StatusText) == ours ]] && systemctl stop $1 || return
                    done
                }
                starts test@1.service & one=$!
                starts test@2.service
                wait $one
                """)
        }
    }
}
