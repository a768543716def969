// SPDX-License-Identifier: Apache-2.0

import Testing

extension HostTests {
    /// Units that go over to a newer image, and back where it is no good.
    @Suite("Updates")
    struct Updates {
        /// A unit of the image that is well where it has a file of this name.
        private static func service(_ file: String, _ options: String) -> String {
            Host.service(
                """
                \(options) --ready healthy run --rm --init --name %n --health-cmd '/bin/busybox test -e /\(file)' \
                --health-interval 200ms --health-retries 2 127.0.0.1:5001/web sleep 1000
                """, "Restart=on-failure\nRestartSec=100ms")
        }

        private static let functions =
            Host.registryFunctions + """
                image_of() { docker inspect --format '{{.Image}}' "$1"; }
                # How often it was up, for systemd.
                starts() {
                    journalctl --sync
                    journalctl --since "$since" --output cat UNIT="$1" JOB_RESULT=done JOB_TYPE=start | wc -l
                }
                registry 5000
                registry 5001

                """

        @Test(
            "units go over to a newer image, and back when one of them is not well with it",
            arguments: [Host.Kind.bookworm, .forky, .forkyStore])
        func update(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.bringRegistry()
            try host.with(
                units: [
                    "test-a.service": Self.service("well-a", "--auto-update"),
                    "test-b.service": Self.service("well-b", "--auto-update"),
                    "test-other.service": Self.service("well-a", ""),
                ],
                Self.functions + """
                    trap 'systemctl stop test-a test-b test-other; docker image prune --force >/dev/null; clear_registries' EXIT
                    name=127.0.0.1:5001/web
                    version web well-a well-b
                    [[ $(systemd-docker update) == 'no running unit has --auto-update' ]]
                    systemctl start test-a test-b test-other
                    first=$(image_of test-a.service)
                    pids=$(property test-a MainPID)/$(property test-b MainPID)/$(property test-other MainPID)
                    [[ $(systemd-docker update) == "test-a.service: $name is up to date"*"test-b.service: $name is up to date" ]]

                    version web well-a well-b
                    systemd-docker update --dry-run | tee /dev/stderr |
                        grep -E "^test-b.service: would update $name to sha256:[0-9a-f]{64}$"
                    [[ $(docker inspect --format '{{.Id}}' $name) == $first ]]
                    [[ $pids == $(property test-a MainPID)/$(property test-b MainPID)/$(property test-other MainPID) ]]

                    systemd-docker update | tee /dev/stderr | grep "^test-b.service: updated $name, from ${first:7:12} to "
                    second=$(image_of test-a.service)
                    [[ $second != $first && $(image_of test-b.service) == $second ]]
                    [[ $(image_of test-other.service) == $first && $pids == */$(property test-other MainPID) ]]
                    [[ $(property test-a ActiveState)$(property test-b ActiveState) == activeactive ]]
                    [[ $(systemd-docker update --dry-run) == *"test-b.service: $name is up to date" ]]

                    # test-a is well with this one, test-b is not; as the timer has it.
                    version web well-a
                    cp /usr/local/share/systemd-docker/systemd-docker-update.* /run/systemd/system/
                    systemctl daemon-reload
                    systemd-analyze --man=no verify /run/systemd/system/systemd-docker-update.timer
                    up=$(starts test-b.service)
                    ! systemctl start systemd-docker-update.service || false
                    [[ $(property systemd-docker-update ExecMainStatus) == 1 ]]
                    update=$(journalctl --no-pager --output cat --since "$since" --unit systemd-docker-update.service)
                    echo "$update" >&2
                    grep "^test-a.service: updated $name, from ${second:7:12} to " <<<"$update"
                    grep "test-b.service: updated $name, from ${second:7:12} to .*: it did not come up: going back" <<<"$update"
                    for unit in test-a test-b; do
                        grep "$unit.service: went back to the old image (${second:7:12})$" <<<"$update"
                        [[ $(image_of $unit.service) == $second && $(property $unit ActiveState) == active ]]
                    done
                    # Up once: with the old image.
                    (($(starts test-b.service) == up + 1))
                    [[ $(docker inspect --format '{{.Id}}' $name) == $second ]]

                    # No longer needed are what test-b was not well with, and what test-other runs, once that has ended.
                    [[ -z $(docker images --quiet systemd-docker-rollback) ]]
                    [[ $(systemd-docker prune --dry-run) == *"would remove 1 image "* ]]
                    docker image inspect $first >/dev/null
                    systemctl stop test-other
                    systemd-docker prune | grep 'removed 2 images, '
                    ! docker image inspect $first 2>/dev/null || false
                    [[ $(docker images --all --quiet | sort --unique | wc -l) == 2 ]]
                    systemctl stop test-a test-b
                    rm /run/systemd/system/systemd-docker-update.*
                    """)
        }

        @Test(
            "what an image says of itself in its labels restarts no unit and moves no name",
            arguments: [Host.Kind.bookworm, .forky, .bookwormLegacySystemd])
        func labels(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.bringRegistry()
            let sleep = "sh -c 'trap \"exit 0\" TERM; sleep 1000 & wait'"
            try host.with(
                units: [
                    "test-victim.service": Host.service("run --rm --name %n 127.0.0.1:5001/web \(sleep)"),
                    "test-legit.service": Host.service(
                        "--auto-update run --rm --name %n 127.0.0.1:5001/legit \(sleep)"),
                    "test-plain.service": Host.service("run --rm --name %n evil:1 \(sleep)"),
                    "test-cgroup.service": "[Service]\nExecStart=/bin/sleep infinity",
                ],
                Self.functions + """
                    trap 'docker rm --force $(docker ps --all --quiet) >/dev/null; systemctl stop test-victim test-legit test-plain
                        docker rmi --force evil:1 evil:2 >/dev/null; docker image prune --force >/dev/null; clear_registries' EXIT
                    version web
                    version legit
                    systemctl start test-victim test-legit test-cgroup
                    # There is something to update to, and back from.
                    version web
                    label() {
                        docker import --change "LABEL io.systemd-docker.auto-update=\\"system test-$1.service 127.0.0.1:5001/web\\"" \
                            --change 'HEALTHCHECK --interval=1s --retries=1 CMD false' /usr/share/busybox.tar $2 >/dev/null
                    }
                    label victim evil:1
                    label legit evil:2
                    # owner ID: where the owner of a container listens, as far as it is a name that any process may take.
                    owner() {
                        local text="$(readlink --canonicalize /var/run/docker.sock)/$1" byte hash=$((0xcbf29ce484222325))
                        # Between the two stands a zero byte.
                        for byte in $(printf '%s\\0%s' "${text%/*}" "${text##*/}" |
                            od --address-radix=n --format=u1 --width=1 --output-duplicates); do
                            hash=$(((hash ^ byte) * 0x100000001b3))
                        done
                        printf 'systemd-docker/owners/%x-%.40s' $hash $1
                    }
                    grep --fixed-strings "@$(owner $(docker inspect --format '{{.Id}}' test-legit.service))" /proc/net/unix

                    # Plainly; by a unit of ours without --auto-update; in the cgroup of another unit, and of the victim itself;
                    # and as its own owner, in the machine's network.
                    for image in evil:1 evil:2; do docker run --detach $image \(sleep) >/dev/null; done
                    systemctl start test-plain
                    for unit in test-cgroup test-victim test-legit; do
                        for image in evil:1 evil:2; do
                            pid=$(pid_of $(docker run --detach $image \(sleep)))
                            for folder in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
                                group=$folder/system.slice/$unit.service
                                [[ ! -d $group ]] || echo $pid >$group/cgroup.procs || echo $pid >$group/supervisor/cgroup.procs
                            done
                        done
                    done
                    for type in 1 5; do
                        id=$(docker run --detach --network host --volume /:/host evil:$((type / 5 + 1)) chroot /host perl -MSocket -e '
                            $path = "/run/test-owner-$ARGV[0]";
                            socket(S, AF_UNIX, $ARGV[0], 0) or die;
                            for (1..1000) { last if -s $path; select(undef, undef, undef, 0.02) }
                            open(F, $path); $name = <F>;
                            bind(S, pack_sockaddr_un("\\0$name")) or die; listen(S, 5) or die; sleep 1000' $type)
                        owner $id >/run/test-owner-$type
                        eventually "grep --quiet --fixed-strings '@$(owner $id)' /proc/net/unix"
                    done

                    state() {
                        docker image inspect --format '{{.Id}} {{.RepoTags}}' $(docker images --quiet --no-trunc | sort --unique)
                        for unit in victim legit plain cgroup; do property test-$unit InvocationID; done
                    }
                    before=$(state)
                    [[ $(systemd-docker update --dry-run) == 'test-legit.service: 127.0.0.1:5001/legit is up to date' ]]
                    [[ $(systemd-docker update) == 'test-legit.service: 127.0.0.1:5001/legit is up to date' ]]
                    [[ $(state) == "$before" ]]
                    """)
        }

        @Test(
            "a unit whose main process is a shell, and one that names its platform, are updated as well",
            arguments: [Host.Kind.trixie, .native[0], .bookworm])
        func shell(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.bringRegistry()
            let service = Self.service("well", "--auto-update")
            let line = service.split(separator: "\n").first { $0.hasPrefix("ExecStart=") } ?? ""
            let command = line.dropFirst("ExecStart=".count).replacing("'", with: "\\\"")
            try host.with(
                units: [
                    "test-shell.service": service.replacing(
                        line, with: "NotifyAccess=all\nExecStart=sh -c '\(command); true'"),
                    "test-platform.service": Self.service("well", "--auto-update").replacing(
                        "127.0.0.1", with: "--platform linux/amd64 127.0.0.1"),
                ],
                Self.functions + """
                    trap 'systemctl stop test-shell test-platform; docker image prune --force >/dev/null; clear_registries' EXIT
                    version web well
                    systemctl start test-shell test-platform
                    old=$(image_of test-shell.service)
                    version web well
                    # What another process of the unit has in its command line does not count, nor what is ours in its environment.
                    DOCKER_DEFAULT_PLATFORM=linux/riscv64 systemd-docker update | tee /dev/stderr >/run/test-update
                    for unit in test-shell test-platform; do
                        grep "^$unit.service: updated 127.0.0.1:5001/web, from ${old:7:12} to " /run/test-update
                        [[ $(image_of $unit.service) != $old ]]
                    done
                    rm /run/test-update
                    """)
        }

        @Test("the units of a user's manager are the user's to update")
        func user() async throws {
            let host = try await Host.of(.bookworm)
            try host.bringRegistry()
            try host.install("libpam-systemd")
            let unit = Self.service("well", "--placement none --auto-update").replacing("docker.service", with: "")
            try host.with(
                units: [:],
                Self.functions + """
                    useradd --create-home --uid 1000 --groups docker tester
                    as_user() {
                        setpriv --reuid 1000 --regid 1000 --init-groups env --ignore-environment HOME=/home/tester \
                            XDG_RUNTIME_DIR=/run/user/1000 PATH=/usr/local/bin:/usr/bin:/bin "$@"
                    }
                    mkdir -p /home/tester/.config/systemd/user
                    cat >/home/tester/.config/systemd/user/test.service <<'UNIT'
                    \(unit)
                    UNIT
                    chown -R tester: /home/tester
                    systemctl start user@1000.service
                    version web well
                    as_user systemctl --user start test.service
                    old=$(image_of test.service)
                    version web well
                    [[ $(systemd-docker update) == 'no running unit has --auto-update' ]]
                    as_user systemd-docker update | tee /dev/stderr | grep '^test.service: updated '
                    [[ $(image_of test.service) != $old ]]
                    [[ $(as_user systemctl --user is-active test.service) == active ]]
                    as_user systemctl --user stop test.service
                    systemctl stop user@1000.service
                    userdel --remove tester 2>/dev/null
                    docker image prune --force >/dev/null
                    """)
        }

        @Test("a container without a HEALTHCHECK has to run on for a while")
        func probation() async throws {
            let host = try await Host.of(.bookworm)
            try host.bringRegistry()
            let command =
                "run --rm --init --name %n 127.0.0.1:5001/web sh -c 'sleep 1; test -e /well && exec sleep 1000'"
            try host.with(
                units: [
                    "test.service": Host.service("--auto-update \(command)"),
                    "test-kept.service": Host.service("--auto-update \(command.replacing("--rm", with: ""))"),
                ],
                Self.functions + """
                    version web well
                    systemctl start test
                    old=$(image_of test.service)
                    version web
                    status=0
                    update=$(systemd-docker update 2>&1) || status=$?
                    echo "$update" >&2
                    ((status == 1))
                    grep "^systemd-docker: test.service: updated .*: its container has ended: going back" <<<"$update"
                    grep "^systemd-docker: test.service: went back to the old image ([0-9a-f]*)$" <<<"$update"
                    [[ $(image_of test.service) == $old && $(property test ActiveState) == active ]]
                    systemctl stop test
                    ! systemctl start test-kept || false
                    [[ $(property test-kept ExecMainStatus) == 64 ]]
                    log test-kept | grep 'auto-update: without --rm the next start takes the old container'
                    """)
        }
    }
}
