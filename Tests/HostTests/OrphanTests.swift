// SPDX-License-Identifier: Apache-2.0

import Testing

extension HostTests {
    /// A wrapper that is killed while it starts its container leaves no container behind.
    @Suite("Orphans")
    struct Orphans {
        private static let kinds = [Host.Kind.native[0], .trixie, .trixieCgroupfs]

        /// Kills of one start each, spread over the time that a start takes.
        private static let rounds = Host.rounds(16)

        @Test(
            "SIGKILL at any moment of the start, to the wrapper or to the whole unit", arguments: kinds,
            ["main", "all"])
        func killed(kind: Host.Kind, whom: String) async throws {
            let host = try await Host.of(kind)
            // With native placement our runtime refuses to start the container once its wrapper is dead: one that was made
            // and never started may stay until the next start.
            let left = kind.isNative && whom == "all" ? "docker ps --quiet" : "docker ps --all --quiet"
            try host.with(
                units: ["test.service": Host.service("run --rm --name %n loop", "TimeoutStopSec=10")],
                Membership.loop + """
                    begin=${EPOCHREALTIME/./}
                    systemctl start test.service
                    whole=$(( ${EPOCHREALTIME/./} - begin ))
                    systemctl stop test.service
                    for ((round = 0; round < \(Self.rounds); round++)); do
                        systemctl start --no-block test.service
                        # Nothing tells of the moment that is meant: it is any.
                        pause=$(( whole * 12 / 10 * round / \(Self.rounds) ))
                        read -r -t $(( pause / 1000000 )).$(printf %06d $(( pause % 1000000 ))) <> <(:) || true
                        systemctl kill --signal KILL --kill-who=\(whom) test.service 2>/dev/null || true
                        eventually '[[ $(property test.service ActiveState) =~ ^(inactive|failed)$ ]]'
                        eventually '[[ -z $(\(left)) && -z $(systemctl list-units --no-legend "systemd-docker-*.scope") ]]' ||
                            { echo "round $round of $whole us: $(docker ps --all)"; exit 1; }
                    done
                    systemctl reset-failed test.service || true
                    systemctl start test.service
                    [[ $(docker ps --all --quiet | wc --lines) == 1 ]]
                    """)
        }

        @Test(
            "what was left outside of the unit is replaced by the next start",
            arguments: [Host.Kind.native[0], .trixie])
        func replaced(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: [
                    "test.service": Host.service("run --rm --name %n loop", "TimeoutStopSec=10\nKillMode=process")
                ],
                Membership.loop + """
                    systemctl start test.service
                    # Killed with nothing to see to it, and moved to where a start that was killed might have left it.
                    pid=$(pid_of test.service)
                    kill -KILL $(property test.service MainPID)
                    eventually '[[ $(property test.service ActiveState) == failed ]]'
                    mkdir /sys/fs/cgroup/system.slice/elsewhere
                    echo $pid >/sys/fs/cgroup/system.slice/elsewhere/cgroup.procs
                    systemctl start test.service
                    log test.service | grep 'was left outside of test.service by a start that was killed: replacing it'
                    [[ ! -e /proc/$pid ]]
                    grep -E '^0::/system.slice/test.service/[0-9a-f]{64}$' /proc/$(pid_of test.service)/cgroup
                    rmdir /sys/fs/cgroup/system.slice/elsewhere
                    """)
        }

        @Test(
            "clean-up in ExecStopPost= ends what has no living owner, and nothing else", arguments: [Host.Kind.trixie])
        func cleanUp(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: [
                    "test-a.service": Host.service(
                        "run --rm --name test-name loop",
                        "KillMode=process\nTimeoutStopSec=10\nExecStopPost=systemd-docker clean-up test-name"),
                    "test-b.service": Host.service(
                        "run --rm --name test-name loop", "ExecStopPost=systemd-docker clean-up test-name"),
                ],
                Membership.loop + """
                    systemctl start test-a.service
                    pid=$(pid_of test-name)
                    ! systemctl start test-b.service || false
                    [[ $(pid_of test-name) == $pid ]]
                    kill -KILL $(property test-a.service MainPID)
                    eventually '[[ $(property test-a.service ActiveState) == failed ]]'
                    eventually '[[ -z $(docker ps --all --quiet) ]]'
                    # One that was made by hand is not ours to end.
                    docker run --detach --name test-name loop
                    systemd-docker clean-up test-name
                    docker exec test-name true
                    docker rm --force test-name
                    systemd-docker clean-up test-name
                    """)
        }
    }
}
