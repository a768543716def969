// SPDX-License-Identifier: Apache-2.0

import Testing

extension HostTests {
    /// A user's own Docker, and a unit of the user's manager.
    @Suite("Rootless")
    struct Rootless {
        @Test("the container is born in the user's unit")
        func native() async throws {
            let host = try await Host.of(.bookworm)
            try host.install("rootlesskit", "uidmap", "libsubid4", "libpam-systemd")
            try host.with(
                units: [:],
                #"""
                useradd --create-home --uid 1000 tester
                echo tester:100000:65536 | tee /etc/subuid >/etc/subgid
                as_user() {
                    setpriv --reuid 1000 --regid 1000 --init-groups env --ignore-environment HOME=/home/tester \
                        XDG_RUNTIME_DIR=/run/user/1000 PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
                }
                mkdir -p /home/tester/.config/systemd/user
                # As dockerd-rootless.sh does, with the network of the host: slirp4netns is not what is tested.
                cat >/home/tester/.config/systemd/user/docker.service <<'UNIT'
                [Service]
                Type=notify
                NotifyAccess=all
                Delegate=yes
                Environment=PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
                ExecStart=/usr/bin/rootlesskit --net=host --copy-up=/etc --copy-up=/run --propagation=rslave \
                    sh -c 'rm -f /run/docker /run/containerd /run/xtables.lock; \
                    exec dockerd --storage-driver vfs --iptables=false --bridge=none --exec-opt native.cgroupdriver=cgroupfs'
                ExecReload=/bin/kill -HUP $MAINPID
                UNIT
                cat >/home/tester/.config/systemd/user/test.service <<'UNIT'
                [Service]
                Type=notify
                Delegate=yes
                Environment=DOCKER_HOST=unix://%t/docker.sock
                ExecStart=/usr/local/bin/systemd-docker run --rm --init --name %n --network none busybox \
                    sh -c 'echo up; sleep 100'
                TimeoutStopSec=5
                UNIT
                chown -R tester: /home/tester
                systemctl start user@1000.service
                as_user systemctl --user start docker.service
                export DOCKER_HOST=unix:///run/user/1000/docker.sock
                as_user env DOCKER_HOST=$DOCKER_HOST systemd-docker setup
                docker import /usr/share/busybox.tar busybox >/dev/null
                as_user systemctl --user start test.service
                grep -E '^0::/user.slice/user-1000.slice/user@1000.service/.*/test.service/[0-9a-f]{64}$' \
                    /proc/$(pid_of test.service)/cgroup
                docker top test.service | grep 'sleep 100'
                [[ $(stat --format %U /proc/$(pid_of test.service)) == tester ]]
                as_user systemctl --user status --no-pager test.service | grep 'sleep 100'
                as_user systemctl --user stop test.service
                [[ $(as_user systemctl --user show --value --property Result test.service) == success ]]
                [[ -z $(docker ps --all --quiet) ]]
                [[ -z $(find /run/user/1000/systemd-docker -type s) ]]
                [[ -z $(find /sys/fs/cgroup/user.slice -name container) ]]
                systemctl stop user@1000.service
                userdel --remove tester 2>/dev/null
                rm /etc/subuid /etc/subgid
                """#)
        }
    }
}
