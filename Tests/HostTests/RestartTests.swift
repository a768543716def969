// SPDX-License-Identifier: Apache-2.0

import Testing

extension HostTests {
    /// A container that Docker ends and starts again under its unit.
    @Suite("Restart")
    struct Restart {
        /// One host for each way of placement, and a tree of version 1.
        static let kinds = [Host.Kind.trixie, .trixieCgroupfs, Host.Kind.native[0], .bookwormLegacySystemd, .forky]

        /// Says that it is ready, by a process that ends at once, and what nobody has said before.
        private static let speaker = """
            busybox sh -c 'trap "exit 0" TERM; \
            [ -z "$$NOTIFY_SOCKET" ] || /notify --no-block --ready "--status=run $$(cat /proc/sys/kernel/random/uuid)"; \
            sleep 1000 & wait'
            """

        /// `engine CALL…` makes one call of the Engine after the other on the container `$unit`: docker's own client takes its
        /// time to start, on a busy machine more than a unit waits for a next process.
        ///
        /// `is_followed UNIT FORMER_PROCESS FORMER_STATUS`: another process is the unit's, and has been heard.
        private static let functions = #"""
            engine() {
                perl -MSocket -e '
                    for my $call (splice @ARGV, 1) {
                        socket(my $socket, AF_UNIX, SOCK_STREAM, 0) or die;
                        connect($socket, pack_sockaddr_un("/run/docker.sock")) or die;
                        syswrite $socket, "POST /containers/$ARGV[0]/$call HTTP/1.0\r\n\r\n";
                        sysread $socket, my $answer, 4096;
                        $answer =~ m{^HTTP/1.. 20} or die "$call: $answer";
                        1 while sysread $socket, $answer, 4096;
                    }' $unit "$@"
            }
            is_followed() {
                local process
                process=$(pid_of $1)
                [[ $process != 0 && $process != "$2" && $(property $1 ActiveState) == active ]] || return 1
                [[ $(</proc/$process/cgroup) == *"/$1"* ]] || return 1
                [[ $1 != test-notify.service || $(property $1 StatusText) == "run "* && $(property $1 StatusText) != "$3" ]]
            }

            """#

        private static func units() -> [String: String] {
            [
                "test.service": Host.service("run --name %n \(Notifying.volumes) \(speaker)", "TimeoutStopSec=10"),
                "test-notify.service": Host.service(
                    "--ready notify run --name %n \(Notifying.volumes) \(speaker)", "TimeoutStopSec=10"),
            ]
        }

        @Test("docker restart: the unit stays active, the next process is its own and is heard", arguments: kinds)
        func restart(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: Self.units(),
                Self.functions + """
                    while :; do :; done & one=$!
                    while :; do :; done & two=$!
                    # They inherit the signals that the tests' own process has blocked, SIGTERM among them.
                    trap 'kill -KILL $one $two' EXIT
                    for unit in test.service test-notify.service; do
                        systemctl start $unit
                        for ((round = 1; round <= \(Host.rounds(5)); round++)); do
                            former=$(pid_of $unit) said=$(property $unit StatusText)
                            docker restart --time 5 $unit
                            eventually "is_followed $unit $former '$said'" || { echo "$unit: round $round" >&2; exit 1; }
                        done
                        systemctl stop $unit
                        [[ $(property $unit Result) == success ]]
                        docker rm $unit
                    done
                    """)
        }

        /// What somebody does by hand, and whether the container runs under its unit then.
        private static let deeds = [
            "engine stop?t=5 start",
            "engine kill wait start",
            "engine kill?signal=TERM wait start",
            "docker restart --time 5 $unit; docker restart --time 5 $unit",
            "docker restart --time 5 $unit & docker restart --time 5 $unit; wait $!",
            // A daemon that stands still when the process has ended.
            """
            docker restart --time 5 $unit & restart=$!
            eventually "[[ ! -e /proc/$former ]]"
            pkill --signal STOP --exact dockerd
            read -r -t 3 <> <(:) || true
            pkill --signal CONT --exact dockerd
            wait $restart
            """,
        ]

        @Test("ended and started again by hand, or by a daemon that is slow: it stays the unit's", arguments: kinds)
        func byHand(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let steps = Self.deeds.map { deed in
                """
                for unit in test.service test-notify.service; do
                    former=$(pid_of $unit) said=$(property $unit StatusText)
                    \(deed)
                    eventually "is_followed $unit $former '$said'" || { echo "$unit: "'\(deed)' >&2; exit 1; }
                done
                """
            }
            try host.with(
                units: Self.units(),
                Self.functions + """
                    systemctl start test.service test-notify.service
                    {
                    \(steps.joined(separator: "\n"))
                    } >&2
                    systemctl stop test.service test-notify.service
                    docker rm test.service test-notify.service
                    """)
        }

        @Test("a restart policy that docker update gives it is not followed: the unit decides", arguments: kinds)
        func policy(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: Self.units(),
                """
                ends() {
                    systemctl start test-notify.service
                    # Where the container was moved, Docker complains that it cannot change limits, and keeps the policy.
                    docker update --restart always test-notify.service || true
                    eval "$1"
                    eventually "[[ \\$(property test-notify.service ActiveState) == $2 ]]"
                    [[ $(docker inspect --format '{{.State.Running}}' test-notify.service) == false ]]
                    log test-notify.service | grep 'has a restart policy'
                    # Longer than Docker waits before it restarts one.
                    read -r -t 0.5 <> <(:) || true
                    [[ $(docker inspect --format '{{.State.Running}}' test-notify.service) == false ]]
                    systemctl reset-failed
                    docker rm test-notify.service
                }
                ends 'kill -KILL $(pid_of test-notify.service)' failed
                ends 'systemctl stop test-notify.service' inactive
                """)
        }
    }
}
