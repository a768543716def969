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
            arguments: [Host.Kind.trixie, .bookworm, .forky, .forkyStore])
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

        /// A way in which an image loses a name or keeps one, as a script that sets `id`.
        struct Situation: Sendable, CustomTestStringConvertible {
            var testDescription: String
            var script: String
            /// Whether `docker image prune`, and we, remove it: where Docker keeps images itself, and in containerd.
            var goes: (graph: Bool, store: Bool)

            init(_ name: String, goes: (graph: Bool, store: Bool), _ script: String) {
                (testDescription, self.goes, self.script) = (name, goes, script)
            }
        }

        private static let situations = [
            Situation("a pull takes its only name", goes: (true, true), "pulled; version app; pull"),
            Situation("a pull takes one of two names", goes: (false, false), "pulled; name app:1.2; version app; pull"),
            Situation(
                "a pull takes one of two, and the other goes", goes: (true, true),
                "pulled; name app:1.2; version app; pull; docker rmi app:1.2"),
            Situation(
                "a pull takes a name of the same repository", goes: (false, false),
                "pulled; name $image:1.2; version app; pull"),
            Situation(
                "an update may go back to it", goes: (false, false),
                "pulled; name systemd-docker-rollback:x; version app; pull"),
            Situation(
                "a tarball takes one of two names", goes: (false, false),
                """
                imported app:1; docker save --output /run/test.tar app:1; docker rmi app:1; imported app:1; name app:2
                docker load --input /run/test.tar
                """),
            Situation(
                "a build takes its only name", goes: (true, true), "imported app:1; keep=$id; imported app:1; id=$keep"),
            Situation(
                "a name goes on to another image", goes: (false, false),
                "imported app:1; name app:2; keep=$id; imported app:1; id=$keep"),
            Situation("pulled by its digest", goes: (true, false), "pulled; docker rmi $image; docker pull $digest"),
            Situation(
                "pulled by name and digest, and a pull takes the name", goes: (true, false),
                "pulled; docker pull $digest; version app; pull"),
            Situation(
                "for several platforms: a pull takes its only name", goes: (true, true),
                "platforms app; looked; version app; pull"),
            Situation(
                "for several platforms: a pull takes one of two names", goes: (false, false),
                "platforms app; looked; name app:1.2; version app; pull"),
            Situation(
                "a stopped container uses it", goes: (false, false),
                "pulled; docker create --name test-stopped $id sleep; version app; pull"),
            Situation(
                "its container has gone", goes: (true, true),
                "pulled; docker create --name test-stopped $id sleep; version app; pull; docker rm test-stopped"),
        ]

        private static let functions =
            Host.registryFunctions + """
                image=127.0.0.1:5001/app
                name() { docker tag $id "$1"; }
                pull() { docker pull $image; }
                looked() {
                    pull
                    id=$(docker image inspect --format '{{.Id}}' $image)
                    digest=$(docker image inspect --format '{{index .RepoDigests 0}}' $image)
                }
                pulled() { version app; looked; }
                # An image that no other is like.
                imported() {
                    mkdir -p /run/test-image
                    echo $((count++)) $RANDOM >/run/test-image/version
                    id=$(tar --create --directory /run/test-image . | docker import - "$1")
                }
                count=0
                # platforms NAME: an image for two platforms.
                platforms() {
                    local layer config manifest list='' architecture type=application/vnd.oci.image
                    layer=$(tar --create --directory /bin busybox | blob)
                    for architecture in amd64 arm64; do
                        config=$(blob <<JSON
                {"architecture": "$architecture", "os": "linux", "created": "$(date --iso-8601=ns --utc | sed 's/,/./;s/+.*/Z/')",
                "rootfs": {"type": "layers", "diff_ids": ["sha256:$layer"]}}
                JSON
                        )
                        manifest=$(blob <<JSON
                {"schemaVersion": 2, "mediaType": "$type.manifest.v1+json", "config": {"mediaType": "$type.config.v1+json",
                "size": $(blob_length $config), "digest": "sha256:$config"}, "layers": [{"mediaType": "$type.layer.v1.tar",
                "size": $(blob_length $layer), "digest": "sha256:$layer"}]}
                JSON
                        )
                        refer "$1/_layers/sha256/$layer" $layer
                        refer "$1/_layers/sha256/$config" $config
                        refer "$1/_manifests/revisions/sha256/$manifest" $manifest
                        list+="${list:+,}{\\"mediaType\\": \\"$type.manifest.v1+json\\", \\"size\\": $(blob_length $manifest),
                            \\"digest\\": \\"sha256:$manifest\\",
                            \\"platform\\": {\\"architecture\\": \\"$architecture\\", \\"os\\": \\"linux\\"}}"
                    done
                    manifest=$(blob <<<"{\\"schemaVersion\\": 2, \\"mediaType\\": \\"$type.index.v1+json\\", \\"manifests\\": [$list]}")
                    refer "$1/_manifests/revisions/sha256/$manifest" $manifest
                    refer "$1/_manifests/tags/latest/current" $manifest
                }
                # What there is but for the image that all tests use, a line each.
                left() {
                    docker image inspect --format '{{.Id}} {{.RepoTags}} {{.RepoDigests}}' \
                        $(docker images --all --quiet --no-trunc | sort --unique) | grep -v busybox || true
                }
                clear_images() {
                    docker rm --force test-stopped >/dev/null 2>&1 || true
                    docker images --all --quiet --no-trunc | sort --unique | xargs docker image rm --force >/dev/null 2>&1 || true
                    docker image prune --force >/dev/null
                    docker import --change 'CMD ["sh"]' /usr/share/busybox.tar busybox >/dev/null
                }
                trap 'clear_images; clear_registries' EXIT

                """

        @Test(
            "an image goes where docker image prune removes it, and nothing that has a name goes",
            arguments: [Host.Kind.bookworm, .forky, .forkyStore])
        func situations(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.bringRegistry()
            let rows = Self.situations.map { situation in
                """
                situation() {
                \(situation.script)
                }
                row '\(situation.testDescription)' \
                    \(kind.hasContainerdStore ? situation.goes.store : situation.goes.graph)

                """
            }
            let answer = try host.with(
                units: [:],
                Self.functions + """
                    registry 5000
                    registry 5001
                    # row NAME GOES: makes it twice, and has it cleaned up once by docker and once by us.
                    row() {
                        local gone=() names=() program
                        for program in 'docker image prune --force' 'systemd-docker prune'; do
                            clear_images
                            situation >/run/test-situation 2>&1
                            $program >/dev/null
                            gone+=($(docker image inspect $id >/dev/null 2>&1 && echo false || echo true))
                            names+=("$(left | sed -E 's/sha256:[0-9a-f]{64}/ID/g' | sort)")
                        done
                        echo "$1: docker ${gone[0]}, systemd-docker ${gone[1]}"
                        [[ ${gone[*]} == "$2 $2" && ${names[0]} == "${names[1]}" ]] || failed+=("$1: ${names[@]}")
                    }
                    failed=()
                    trap 'cat /run/test-situation >&2; clear_images; clear_registries' EXIT

                    """ + rows.joined() + """
                        printf '%s\n' "${failed[@]}" >&2
                        ((${#failed[@]} == 0))
                        """)
            #expect(answer.split(separator: "\n").count { $0.contains(": docker ") } == Self.situations.count)
        }

        @Test(
            "a name that an image gets while prune runs stays, and so does the image",
            arguments: [Host.Kind.bookworm, .forky, .forkyStore])
        func race(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let answer = try host.with(
                units: [:],
                Self.functions + """
                    named=0 pruned=0
                    for round in 1 2 3; do
                        clear_images
                        ids=()
                        for number in {1..40}; do
                            imported app:1
                            ids=($id "${ids[@]}")
                        done
                        docker rmi app:1 >/dev/null
                        rm -f /run/test-given-*
                        systemd-docker prune >/run/test-pruned &
                        # Four at a time; both begin with the newest.
                        for first in {0..3}; do
                            for ((number = first; number < 40; number += 4)); do
                                ! docker tag ${ids[number]} given:$number 2>/dev/null || : >/run/test-given-$number
                            done &
                        done
                        wait
                        given=()
                        for number in {0..39}; do
                            [[ -e /run/test-given-$number ]] || continue
                            given+=($number)
                            [[ $(docker image inspect --format '{{.Id}}' given:$number) == ${ids[number]} ]]
                        done
                        ((named += ${#given[@]}, pruned += $(grep -c ^removed.*none /run/test-pruned || true)))
                    done
                    echo "$named images got a name, $pruned were removed"
                    ((named > 0 && pruned > 0))
                    [[ -z $(docker images --quiet systemd-docker-unused) ]]
                    """)
            print(kind.name, answer)
        }
    }
}
