// SPDX-License-Identifier: Apache-2.0

import Testing

extension HostTests {
    /// The Docker daemon is not there yet, is restarted, or is killed.
    @Suite("Outage")
    struct Outage {
        /// The oldest and the newest Docker, and one that makes containers with our runtime.
        private static let kinds = [Host.Kind.bookworm, .forky, .native[0]]

        private static let sleeper = "run --rm --name %n busybox sh -c 'trap \"exit 0\" TERM; sleep 100 & wait'"

        /// A unit that does not stop with Docker.
        private static func service(_ command: String, _ settings: String = "") -> String {
            Host.service(command, settings).replacing("Requires=", with: "Wants=")
                .replacing("StartLimitIntervalSec=0\n", with: "")
        }

        @Test("a start waits for Docker, past the time that a start may take", arguments: [Host.Kind.forky])
        func late(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let unit = Self.service(Self.sleeper, "TimeoutStartSec=2").replacing("Wants=docker.service\n", with: "")
            try host.with(
                units: ["test.service": unit],
                """
                trap 'systemctl start docker.socket docker.service' EXIT
                systemctl stop docker.socket docker.service
                systemctl start --no-block test.service
                eventually '[[ $(property test.service StatusText) == "waiting for Docker at /var/run/docker.sock" ]]'
                # Longer than TimeoutStartSec=, and than the limit of five starts in ten seconds would allow.
                read -r -t 3 <> <(:) || true
                [[ $(property test.service ActiveState) == activating ]]
                systemctl start docker.socket docker.service
                eventually '[[ $(property test.service ActiveState) == active ]]'
                [[ $(property test.service NRestarts) == 0 ]]
                """)
        }

        @Test(
            "a start waits for a daemon that is slow, and of which only the socket is there",
            arguments: [Host.Kind.bookworm, .forky])
        func slow(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let unit = Self.service(Self.sleeper).replacing("Wants=docker.service\nAfter=docker.service\n", with: "")
            try host.with(
                units: ["test.service": unit],
                """
                folder=/run/systemd/system/docker.service.d
                trap 'rm -r $folder; systemctl daemon-reload; systemctl start docker.service' EXIT
                mkdir -p $folder
                printf '[Service]\\nExecStartPre=sleep 2\\n' >$folder/slow.conf
                systemctl daemon-reload
                systemctl stop docker.service
                systemctl start --no-block test.service
                eventually '[[ $(property test.service StatusText) == "waiting for Docker at /var/run/docker.sock" ]]'
                eventually '[[ $(property test.service ActiveState) == active ]]'
                [[ $(property test.service NRestarts) == 0 ]]
                """)
        }

        @Test(
            "without live-restore the unit ends with the daemon, and its one new start waits for the next",
            arguments: kinds, ["systemctl restart docker.service", "kill -KILL $(cat /run/docker.pid)"])
        func restarted(kind: Host.Kind, fault: String) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: ["test.service": Self.service(Self.sleeper, "Restart=always\nTimeoutStopSec=1")],
                """
                systemctl start test.service
                \(fault)
                eventually '(( $(property test.service NRestarts) == 1 ))'
                eventually '[[ $(property test.service ActiveState) == active ]]'
                [[ $(property test.service NRestarts) == 1 ]]
                [[ $(docker ps --quiet | wc -l) == 1 ]]
                """)
        }

        /// Tells by files what it got, for Docker may be away.
        private static let teller =
            "-v /run/test-files:/files busybox sh -c 'trap \"touch /files/HUP\" HUP; trap \"exit 3\" USR1;"
            + " trap \"exit 0\" TERM; while :; do sleep 100 & wait; done'"

        @Test(
            "with live-restore nothing ends: signals and exit status are right while Docker is away, and when it is back",
            arguments: kinds)
        func liveRestore(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            // Docker 20.10 itself removes what was made with --rm when it is restarted.
            let removal = kind.suite == "bookworm" ? "" : "--rm"
            try host.with(
                units: [
                    "test.service": Self.service("run \(removal) --name %n \(Self.teller)", "TimeoutStopSec=5"),
                    "test-kept.service": Self.service("run --name %n \(Self.teller)", "TimeoutStopSec=5"),
                ],
                Host.liveRestore + """
                    with_live_restore
                    mkdir -p /run/test-files
                    units="test.service test-kept.service"
                    same() { for unit in $units; do [[ $(property $unit ActiveState) == active && $(pid_of $unit) == ${pid[$unit]} ]]; done; }
                    declare -A pid
                    systemctl start $units
                    for unit in $units; do pid[$unit]=$(pid_of $unit); done
                    systemctl restart docker.service
                    same
                    kill -KILL $(cat /run/docker.pid)
                    eventually '[[ $(property docker.service NRestarts) == 1 ]]'
                    eventually 'docker info >/dev/null 2>&1'
                    same
                    # The waits stand again: the container ends, and Docker removes it.
                    systemctl stop test.service
                    gone() { [[ '\(removal)' == '' ]] || eventually '[[ -z $(docker ps --all --quiet --filter name=^test.service) ]]'; }
                    [[ $(property test.service Result) == success ]]
                    gone

                    systemctl start test.service
                    # Nobody of ours starts it again behind the administrator's back.
                    systemctl stop docker.service
                    read -r -t 2 <> <(:) || true
                    [[ $(property docker.service ActiveState) == inactive ]]
                    systemctl kill --signal HUP --kill-who=main test.service
                    eventually '[[ -e /run/test-files/HUP ]]'
                    for unit in $units; do
                        [[ $(property $unit ActiveState) == active ]]
                        systemctl kill --signal USR1 --kill-who=main $unit
                        eventually "[[ \\$(property $unit ActiveState) == failed ]]"
                        [[ $(property $unit ExecMainCode) == 1 && $(property $unit ExecMainStatus) == 3 ]]
                    done
                    [[ $(property docker.service ActiveState) == inactive ]]
                    systemctl reset-failed docker.service
                    systemctl start docker.service
                    gone
                    docker rm test-kept.service $([[ '\(removal)' ]] || echo test.service)
                    rm -r /run/test-files
                    """)
        }

        @Test("a unit that requires docker.service is stopped and started with it", arguments: [Host.Kind.forky])
        func required(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: ["test.service": Host.service(Self.sleeper)],
                """
                systemctl start test.service
                pid=$(pid_of test.service)
                systemctl restart docker.service
                eventually '[[ $(property test.service ActiveState) == active ]]'
                [[ $(pid_of test.service) != $pid && $(property test.service NRestarts) == 0 ]]
                trap 'systemctl start docker.service' EXIT
                systemctl stop docker.socket docker.service
                [[ $(property test.service ActiveState) == inactive && $(property test.service Result) == success ]]
                """)
        }

        @Test(
            "systemd is reloaded, and executes itself again: the unit stays, and is heard",
            arguments: [Host.Kind.bookwormLegacy, .forky])
        func reexecuted(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let command =
                "run --rm --name %n busybox sh -c 'trap \"echo HUP\" HUP; trap \"exit 0\" TERM; while :; do sleep 100 & wait; done'"
            try host.with(
                units: ["test.service": Host.service(command, "TimeoutStopSec=5")],
                """
                systemctl start test.service
                pid=$(property test.service MainPID)
                for deed in daemon-reload daemon-reexec daemon-reload; do
                    systemctl $deed
                    [[ $(property test.service ActiveState) == active && $(property test.service MainPID) == $pid ]]
                    systemctl kill --signal HUP test.service
                done
                eventually '(( $(log test.service | grep -cx HUP) >= 1 ))'
                systemctl stop test.service
                [[ $(property test.service Result) == success ]]
                """)
        }
    }
}
