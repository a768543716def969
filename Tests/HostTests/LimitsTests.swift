// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

extension HostTests {
    /// Limits need a kernel whose version 2 hierarchy has all controllers, and that takes a virtual machine.
    @Suite("Limits")
    struct Limits {
        /// One boot, many checks: each is a function of its own, and the script says which one has failed.
        private static let script = """
            set -uo pipefail
            failures=0
            cgroup() { echo /sys/fs/cgroup$(sed -n 's/^0:://p' /proc/$(docker inspect --format '{{.State.Pid}}' test.service)/cgroup); }
            log() { journalctl --sync; journalctl --no-pager --output cat --unit test.service --since "$since"; }
            # check SENTENCE DRIVER SETTINGS COMMAND: the unit with these settings, and what must be true of it.
            check() {
                since=@$(date +%s.%6N)
                printf '[Unit]\\nStartLimitIntervalSec=0\\n[Service]\\nType=notify\\n%b\\nExecStart=/usr/local/bin/systemd-docker %s\\n' \\
                    "$2" "$3" >/etc/systemd/system/test.service
                systemctl daemon-reload
                systemctl start test.service
                started=$?
                # Not as a condition: there `set -e` has no effect, however deep (bash(1)).
                (set -e; "$4")
                held=$?
                if ((started == 0 && held == 0)); then
                    echo "holds: $1"
                else
                    echo "FAILS: $1"; log; failures=$((failures + 1))
                fi
                systemctl stop test.service; systemctl reset-failed test.service 2>/dev/null
                [[ -z $(docker ps --all --quiet) ]] || { echo "FAILS: a container is left after: $1"; docker rm -f $(docker ps -aq); failures=$((failures + 1)); }
                [[ ! -e /sys/fs/cgroup/system.slice/test.service ]] || { echo "FAILS: a cgroup is left after: $1"; failures=$((failures + 1)); }
            }
            unit=/sys/fs/cgroup/system.slice/test.service
            sleeper='--init --name %n busybox sleep 1000'
            limits='-m 64m --memory-reservation 32m --cpus 0.5 --pids-limit 50 --cpuset-cpus 0'

            id() { docker inspect --format '{{.Id}}' test.service; }
            all_limits() {
                [[ $(cgroup) == /sys/fs/cgroup/system.slice/test.service/* ]]
                [[ $(<$(cgroup)/memory.max) == 67108864 && $(<$(cgroup)/memory.low) == 33554432 ]]
                [[ $(<$(cgroup)/cpu.max) == '50000 100000' && $(<$(cgroup)/pids.max) == 50 ]]
                [[ $(<$(cgroup)/cpuset.cpus) == 0 ]]
                ! log | grep 'limits not in effect' || false
            }
            limits_after_reload() {
                systemctl daemon-reload
                systemctl set-property --runtime test.service MemoryHigh=200M
                all_limits
            }
            unit_limits() {
                [[ $(</sys/fs/cgroup/system.slice/test.service/memory.max) == 104857600 ]]
                (( $(systemctl show --value --property MemoryCurrent test.service) > 100000 ))
                (( $(systemctl show --value --property TasksCurrent test.service) >= 3 ))
            }
            told() {
                log | grep -E '^systemd-docker: limits not in effect: .*memory.max=67108864.*: they need Delegate=yes'
                [[ $(log | grep -c 'limits not in effect') == 1 ]]
                [[ $(cgroup) == /sys/fs/cgroup/system.slice/test.service/$(id) ]]
            }
            not_told() { ! log | grep 'limits not in effect'; }
            parent() { log | grep 'placement parent'; all_limits; docker top test.service; docker pause test.service; docker unpause test.service; }
            migrated() { log | grep 'placement migrate'; }
            # docker-init passes on how its child has ended: as the exit code 137.
            oom() {
                for i in {1..600}; do [[ $(systemctl show --value --property ActiveState test.service) == active ]] || break; read -r -t 0.1 <> <(:) || true; done
                log | grep 'out of memory: the kernel killed one of its processes'
                [[ $(systemctl show --value --property ExecMainCode,ExecMainStatus test.service | xargs) == '2 9' ]]
                systemctl show --value --property StatusText test.service | grep -F 'SIGKILL (out of memory)'
            }

            native() { log | grep 'placement native'; [[ $(cgroup) == "$unit/$(id)" ]]; all_limits; }
            whole() {
                docker exec test.service true
                docker top test.service | grep 'sleep 1000' >/dev/null
                [[ $(docker stats --no-stream --format '{{.MemUsage}}' test.service) == *' / 64MiB' ]]
                docker pause test.service; grep -qx 'frozen 1' "$(cgroup)/cgroup.events"; docker unpause test.service
                docker update --memory 80m --memory-swap 80m test.service
                [[ $(<$(cgroup)/memory.max) == 83886080 ]]
            }
            settings='MemoryMax=100M\\nCPUQuota=50%\\nTasksMax=60\\nAllowedCPUs=0\\nIOWeight=50'
            unit_settings() {
                [[ $(<$unit/memory.max) == 104857600 && $(<$unit/cpu.max) == '50000 100000' && $(<$unit/pids.max) == 60 ]]
                [[ $(<$unit/$(id)/cpuset.cpus.effective) == 0 ]]
                [[ ! -e $unit/io.weight || $(<$unit/io.weight) == *50* ]]
                # What no process of the container can get beyond.
                ! docker exec test.service sh -c 'for i in $(seq 100); do sleep 5 & done' || false
                systemctl set-property --runtime test.service MemoryMax=90M TasksMax=80
                [[ $(<$unit/memory.max) == 94371840 && $(<$unit/pids.max) == 80 ]]
                [[ $(cgroup) == "$unit/$(id)" ]]
                docker exec test.service true
            }
            figures() {
                docker exec test.service dd if=/dev/zero of=/data/zeroes bs=1M count=30
                (( $(systemctl show --value --property MemoryCurrent test.service) > 30 * 1048576 ))
                (( $(systemctl show --value --property TasksCurrent test.service) >= 4 ))
                systemctl status --no-pager test.service | grep -E 'Memory: [3-9][0-9.]+M'
                systemd-cgtop --batch --iterations=1 --raw --order=path | grep -E '^/?system.slice/test.service +[0-9]+ '
            }
            reach() { docker exec test.service ping -c 1 -W 2 "$(docker network inspect --format '{{(index .IPAM.Config 0).Gateway}}' bridge)"; }
            no_network() {
                ! reach || false
                systemctl set-property --runtime test.service IPAddressDeny=
                reach
            }
            no_device() {
                [[ $(cgroup) == "$unit/$(id)" ]]
                ! answer=$(docker exec test.service dd if=/dev/vda of=/dev/null count=1 2>&1) || false
                grep 'Operation not permitted' <<<"$answer"
                docker exec test.service dd if=/dev/zero of=/dev/null count=1
            }
            unit_oom() {
                oom
                log | grep -i 'out.of.memory\\|oom'
            }
            check 'limits survive the move' 'Delegate=yes' "run --rm $limits $sleeper" all_limits
            check 'and a daemon-reload and set-property' 'Delegate=yes' "run --rm $limits $sleeper" limits_after_reload
            check 'MemoryMax= of the unit holds for the container' 'MemoryMax=100M' "run --rm $sleeper" unit_limits
            check 'without Delegate= one line tells which limits are lost' '' "run --rm $limits $sleeper" told
            pre='ExecStartPre=/usr/local/bin/systemd-docker run --rm -m 64m busybox true'
            check 'a container of ExecStartPre= leaves the unit its controllers' "Delegate=yes\\n$pre" "run --rm $limits $sleeper" all_limits
            check 'and none where there are no limits' '' "run --rm $sleeper" not_told
            check 'too much memory is death' 'Delegate=yes' "run --rm -m 16m --memory-swap 16m --init --name %n busybox sh -c 'sleep 2; x=\\$(yes | head -c 64000000); sleep 100'" oom
            systemd-docker setup
            check 'native: limits below the unit' 'Delegate=yes' "run --rm $limits $sleeper" native
            check 'native: Docker sees and changes what it knows' 'Delegate=yes' "run --rm -m 64m $sleeper" whole
            check 'native: after a container of ExecStartPre= as well' "Delegate=yes\\n$pre" "run --rm $limits $sleeper" native
            check 'native: the settings of the unit hold for the container' "Delegate=yes\\n$settings" "run --rm $sleeper" unit_settings
            check 'native: the unit is told from its neighbours by what the container uses' 'Delegate=yes' "run --rm --tmpfs /data $sleeper" figures
            check 'native: a network that the unit must not reach' 'Delegate=yes\nIPAddressDeny=any' "run --rm $sleeper" no_network
            check 'native: a device that the unit must not open' 'Delegate=yes\nDevicePolicy=closed' "run --rm --device /dev/vda $sleeper" no_device
            check 'native: too much memory for the unit' 'Delegate=yes\nMemoryMax=40M\nMemorySwapMax=0' "run --rm --init --name %n busybox sh -c 'sleep 2; x=\\$(yes | head -c 128000000); sleep 100'" unit_oom
            check 'without Delegate= there is no native placement' '' "run --rm $sleeper" migrated
            systemd-docker setup --undo
            echo '{"exec-opts":["native.cgroupdriver=cgroupfs"]}' >/etc/docker/daemon.json
            systemctl restart docker.service
            check 'cgroupfs driver: Docker makes the container in the delegated unit' 'Delegate=yes' "run --rm $limits $sleeper" parent
            check 'cgroupfs driver: without Delegate= it is moved' '' "run --rm $sleeper" migrated
            exit $((failures > 0))
            """

        @Test("of docker run below the unit, and of the unit around it")
        func limits() throws {
            let folder = FileManager.default.temporaryDirectory.appending(path: "LimitsTests-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
            defer { try? FileManager.default.removeItem(at: folder) }
            let script = folder.appending(path: "script")
            try "#!/bin/bash\n\(Self.script)\n".write(to: script, atomically: false, encoding: .utf8)
            let answer = try Answer(
                of: Host.checkout.appending(path: "Tests/Hosts/virtual-machine"),
                [
                    "trixie", script.path(), "\(Host.program.path()):/usr/local/bin/systemd-docker",
                    "\(Host.program.path())-runtime:/usr/local/bin/systemd-docker-runtime",
                ])
            #expect(answer.status == 0, "\(answer.output)\(answer.error)")
            let lines = answer.output.split(separator: "\n")
            #expect(lines.count { $0.hasPrefix("holds: ") } == 18, "\(answer.output)")
        }
    }
}
