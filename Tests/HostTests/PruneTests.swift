// SPDX-License-Identifier: Apache-2.0

import Testing

extension HostTests {
    /// Which images `prune` removes, and which it must not.
    @Suite("Prune")
    struct Prune {
        private static let sleep = "sh -c 'trap \"exit 0\" TERM; sleep 100 & wait'"

        /// Units that use an image each; only the first one runs.
        private static let units = [
            "test.service": Host.service("run --rm --name %n test-running \(sleep)"),
            "test-idle.service": Host.service("run --rm --name %n \\\n  test-idle:2 \(sleep)"),
            "test-idle@.service": Host.service("run --rm --name %p-%i test-template:%i \(sleep)"),
            "test-variable.service": Host.service(
                "run --rm --name %n test-variable:${TAG} \(sleep)", "Environment=TAG=3"),
            "test-client.service": "[Service]\nExecStart=/usr/bin/docker run --rm test-client",
        ]

        @Test(
            "what no container uses and no unit names goes, and nothing else",
            arguments: [Host.Kind.trixie, .bookworm, .forky])
        func prune(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: Self.units,
                """
                user=/root/.config/systemd/user
                trap 'systemctl stop test.service; docker rm --force test-stopped; rm -rf /root/.config
                    docker images --quiet --no-trunc | sort --unique | xargs docker image rm --force || true
                    docker import --change "CMD [\\"sh\\"]" /usr/share/busybox.tar busybox' EXIT
                make() { docker import /usr/share/busybox.tar "$1" >/dev/null; docker image inspect --format '{{.Id}}' "$1"; }
                has() { docker image inspect "$1" >/dev/null 2>&1; }
                gone() { if has "$1"; then echo "$1 is still there" >&2; return 1; fi; }
                mkdir -p $user
                printf '[Service]\\nExecStart=%%h/bin/systemd-docker run test-user\\n' >$user/test-user.service

                dangling=$(make test-loose)
                loose=$(make test-loose)
                docker tag test-loose test-other:1
                stopped=$(make test-stopped)
                docker create --name test-stopped test-stopped true
                make test-stopped
                running=$(make test-running)
                systemctl start test.service
                make test-running
                for name in idle:2 idle:1 template:7 variable:3 variable:4 client user; do make test-$name; done

                # Without a name are now: what was test-loose, and what the two containers run.
                [[ $(systemd-docker prune --dry-run) == *"would remove 1 image and free at most "* ]]
                has $dangling
                systemd-docker prune --older-than 1h
                has $dangling
                systemd-docker prune | tee /dev/stderr | grep -F "removed ${dangling:7:12} <none>, "
                gone $dangling
                has $running && has $stopped

                systemd-docker prune --all-unused --older-than 1h | grep -F 'removed 0 images, '
                systemd-docker prune --all-unused >&2
                for name in $loose test-loose test-other:1 test-idle:1 test-variable:4 test-stopped; do gone $name; done
                for name in $running $stopped test-running test-idle:2 test-template:7 test-variable:3 test-client \\
                    test-user busybox; do has $name; done

                # As the timer has it.
                make test-loose
                cp /usr/local/share/systemd-docker/systemd-docker-prune.* /run/systemd/system/
                systemctl daemon-reload
                systemd-analyze --man=no verify /run/systemd/system/systemd-docker-prune.timer
                systemctl start systemd-docker-prune.service systemd-docker-prune.timer
                journalctl --sync
                journalctl --no-pager --output cat --since "$since" --unit systemd-docker-prune.service |
                    grep -F 'removed 0 images, '
                systemctl stop systemd-docker-prune.timer
                rm /run/systemd/system/systemd-docker-prune.*
                systemctl daemon-reload
                """)
        }
    }
}
