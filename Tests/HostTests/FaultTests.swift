// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

extension HostTests {
    /// Whoever is killed, restarted or hung, and whenever: no orphan, no leftover, no wrong state, no lost exit status.
    @Suite("Faults")
    struct Faults {
        struct Case: Sendable, CustomTestStringConvertible {
            var testDescription: String
            /// What happens to the unit, in the background, from the moment that `fault` is counted from.
            var deed: String
            /// Milliseconds before the fault, at most.
            var delay: Int
            var fault: String
            /// What must be true afterwards, beyond what always must.
            var check = ":"
        }

        /// Where there is none any more it is 0, and that would be our own process group (kill(2)).
        private static let killWrapper = "kill -KILL $(property test.service MainPID | grep -vx 0) 2>/dev/null"
        private static let restart = "systemctl restart docker.service"
        private static let hang =
            "kill -STOP $(cat /run/docker.pid); pause $((RANDOM % 1500)); kill -CONT $(cat /run/docker.pid)"

        private static let all = [
            Case(
                testDescription: "the wrapper is killed while it starts", deed: "start", delay: 500,
                fault: killWrapper),
            Case(
                testDescription: "the wrapper is killed while it stops", deed: "stop", delay: 200,
                fault: killWrapper),
            Case(
                testDescription: "the container is killed", deed: "run", delay: 100, fault: "kill -KILL $pid",
                check: "[[ $(end) == 'failed 2 9' ]]"),
            Case(
                testDescription: "the container ends by itself", deed: "run", delay: 100, fault: "kill -USR1 $pid",
                check: "[[ $(end) == 'failed 1 3' ]]"),
            Case(
                testDescription: "the container's shim is killed", deed: "run", delay: 100,
                fault: "pkill -KILL --full -- \"containerd-shim.*$id\"",
                check: "[[ $(end) == 'failed 2 9' ]]"),
            Case(
                testDescription: "the daemon is killed", deed: "run", delay: 100,
                fault: "kill -KILL $(cat /run/docker.pid)", check: "[[ $(end) != active* ]]"),
            Case(
                testDescription: "the daemon is restarted while the unit starts", deed: "start", delay: 500,
                fault: restart),
            Case(
                testDescription: "the daemon is killed while the unit starts", deed: "start", delay: 500,
                fault: "kill -KILL $(cat /run/docker.pid)"),
            Case(
                testDescription: "the daemon is restarted while the unit stops", deed: "stop", delay: 300,
                fault: restart),
            Case(
                testDescription: "the daemon is killed while the unit stops", deed: "stop", delay: 300,
                fault: "kill -KILL $(cat /run/docker.pid)"),
            Case(
                testDescription: "the daemon hangs while the unit starts", deed: "start", delay: 300, fault: hang),
            Case(
                testDescription: "the daemon hangs while the unit stops", deed: "stop", delay: 200, fault: hang),
        ]

        private static let script = """
            pause() { [[ $1 == 0 ]] || read -r -t $(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000))) <> <(:) || true; }
            end() { echo "$(property test.service ActiveState) $(property test.service ExecMainCode) $(property test.service ExecMainStatus)"; }
            settled() { [[ $(property test.service ActiveState) =~ ^(active|inactive|failed)$ && -z $(systemctl list-jobs --no-legend test.service) ]]; }
            nothing() {
                [[ -z $(docker ps --all --quiet) && ! -e /run/test-fault.pid && ! -e /sys/fs/cgroup/system.slice/test.service ]] &&
                    [[ -z $(find /run/systemd-docker -mindepth 1 ! -path /run/systemd-docker/claims ! -path '/run/systemd-docker/owners' 2>/dev/null) ]] && ! pgrep --full '^sh -c.*test-fault' >&2
            }
            # dockerd is back at once, not in two seconds, and may be killed as often as it takes.
            folder=/run/systemd/system/docker.service.d
            mkdir -p $folder
            printf '[Unit]\\nStartLimitIntervalSec=0\\n[Service]\\nRestartSec=100ms\\n' >$folder/test-fault.conf
            trap 'rm -r $folder; systemctl daemon-reload; systemctl start docker.service' EXIT
            systemctl daemon-reload

            fault() {
                local deed=$1 delay=$2 fault=$3 check=$4 pid='' id=''
                if [[ $deed != start ]]; then
                    systemctl start test.service
                    pid=$(pid_of test.service) id=$(docker inspect --format '{{.Id}}' test.service)
                fi
                [[ $deed == run ]] || systemctl $deed --no-block test.service
                pause $delay
                eval "$fault" || true
                [[ $deed != run ]] || eventually '[[ $(property test.service ActiveState) != active ]]'
                eventually settled
                eventually 'docker info >/dev/null 2>&1'
                eval "$check"
                if [[ $(property test.service ActiveState) == active ]]; then
                    # It says that it runs, so it does, and in the unit.
                    grep -q '/system.slice/test.service/' /proc/$(pid_of test.service)/cgroup
                    [[ $(</run/test-fault.pid) == $(pid_of test.service) ]]
                    systemctl stop test.service
                fi
                # A wrapper that was killed leaves what only its next start can clear away.
                nothing || systemctl start test.service 2>/dev/null || true
                systemctl stop test.service
                eventually nothing
                systemctl reset-failed
            }
            """

        /// The seed of an earlier run makes its delays again: `FAULT_SEED=17 swift test …`.
        @Test("of everybody around the unit", arguments: all)
        func fault(one: Case) async throws {
            let environment = ProcessInfo.processInfo.environment
            let seed = environment["FAULT_SEED"] ?? "\(UInt16.random(in: 0...32767))"
            let rounds = Host.rounds(2)
            let host = try await Host.of(.trixie)
            let command =
                "--pid-file /run/test-fault.pid run --rm --name %n busybox sh -c 'trap \"exit 3\" USR1;"
                + " trap \"exit 0\" TERM; : test-fault; while :; do sleep 100 & wait; done'"
            try host.with(
                units: [
                    "test.service": Host.service(command, "TimeoutStopSec=20").replacing("Requires=", with: "Wants=")
                ],
                """
                \(Self.script)
                RANDOM=\(seed)
                for ((round = 1; round <= \(rounds); round++)); do
                    delay=$((RANDOM % \(one.delay)))
                    echo "round $round, $delay ms, FAULT_SEED=\(seed)" >&2
                    fault \(one.deed) $delay '\(one.fault.replacing("'", with: "'\\''"))' '\(one.check.replacing("'", with: "'\\''"))'
                done
                """)
        }

        @Test("a pid file that does not fit: the start fails, says so, and leaves nothing")
        func fullDisk() async throws {
            let host = try await Host.of(.trixie)
            try host.with(
                units: [
                    "test.service": Host.service("--pid-file /run/test-full/pid run --rm --name %n busybox sleep 100")
                ],
                """
                mkdir /run/test-full
                mount -t tmpfs -o size=4k tmpfs /run/test-full
                trap 'umount /run/test-full; rmdir /run/test-full' EXIT
                head -c 4096 /dev/zero >/run/test-full/filler
                ! systemctl start test.service || false
                [[ $(property test.service ExecMainStatus) == 125 && $(ls /run/test-full) == filler ]]
                log test.service | grep 'write the pid file /run/test-full/pid: .*No space left on device'
                """)
        }
    }
}
