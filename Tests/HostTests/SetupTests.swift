// SPDX-License-Identifier: Apache-2.0

import Testing

extension HostTests {
    /// `systemd-docker setup`; the configuration of the host is as it was at the end of each.
    @Suite("Setup")
    struct Setup {
        private static let preparation = """
            file=/etc/docker/daemon.json runtime=/usr/local/bin/systemd-docker-runtime saved=/root/saved
            cp --archive $file $saved
            # Until there is one.
            [[ -x $runtime ]] || { printf '#!/bin/sh\\nexec runc "$@"\\n' >$runtime && chmod +x $runtime && stub=$runtime; }
            fresh() { rm -f $file && cp --archive $saved $file; }
            restart() {
                systemctl daemon-reload
                systemctl reset-failed docker.service
                systemctl restart docker.service
            }
            restore() {
                rm -rf /run/systemd/system/docker.service.d
                docker ps --all --quiet | xargs --no-run-if-empty docker rm --force >/dev/null
                fresh
                rm -f $saved ${stub:-}
                if docker info --format '{{json .Runtimes}}' | grep systemd-docker >/dev/null; then restart; fi
            }
            trap restore EXIT
            knows() { docker info --format '{{json .Runtimes}}' | grep -F '"systemd-docker":{"path":"'$runtime'"' >/dev/null; }
            # Not by !, whose failure ends no script.
            forgot() { if knows; then return 1; fi; }
            # Says no, with this text.
            refused() {
                local answer
                ! answer=$("${@:2}" 2>&1) && [[ $answer == *"$1"* ]] || { echo "$answer" >&2; return 1; }
            }

            """

        @Test(
            "Docker learns of the runtime and forgets it, and no container notices",
            arguments: [Host.Kind.trixie, .bookworm, .forky])
        func setup(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.run(
                Host.functions + Self.preparation + """
                    docker run --detach --name bystander busybox sleep 1000 >/dev/null
                    before="$(pid_of bystander) $(property docker.service MainPID)"
                    refused "no  Docker: knows no runtime systemd-docker: systemd-docker setup" systemd-docker setup --check
                    refused "takes root" setpriv --reuid nobody --regid docker --clear-groups systemd-docker setup
                    cmp $file $saved

                    chown daemon:daemon $file && chmod 640 $file
                    [[ $(systemd-docker setup) == "Docker knows runtime systemd-docker ($runtime) now, by $file" ]]
                    knows
                    [[ $(stat --format '%a %U %G' $file) == "640 daemon daemon" ]]
                    grep -qF '"exec-opts":["native.cgroupdriver=systemd"]' $file
                    [[ $(docker run --rm --runtime systemd-docker busybox echo there) == there ]]
                    systemd-docker setup --check
                    setpriv --reuid daemon --regid docker --clear-groups systemd-docker setup --check

                    changed=$(stat --format %z $file)
                    [[ $(systemd-docker setup) == *already ]]
                    [[ $(stat --format %z $file) == "$changed" ]]

                    docker create --name user --runtime systemd-docker busybox >/dev/null
                    refused "docker rm them first: user" systemd-docker setup --undo
                    knows
                    docker rm user
                    systemd-docker setup --undo
                    cmp $file $saved
                    forgot
                    refused "ntime" docker run --rm --runtime systemd-docker busybox true

                    # Where setup has made the file, it goes with what is in it.
                    rm $file
                    systemd-docker setup
                    knows
                    systemd-docker setup --undo
                    [[ ! -e $file ]]
                    forgot

                    [[ "$(pid_of bystander) $(property docker.service MainPID)" == "$before" ]]
                    docker exec bystander true
                    [[ $(find /etc/docker -name 'daemon.json*') == "" ]]
                    """)
        }

        @Test(
            "a file that is broken, or that Docker does not take, stays as it is",
            arguments: [Host.Kind.trixie, .bookworm, .forky])
        func broken(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            // Docker before 23 finds out only when it reloads.
            let objection = kind == .bookworm ? "goes on with the old one" : "dockerd --validate: "
            try host.run(
                Host.functions + Self.preparation
                    + """
                    for text in '{\\n  "exec-opts": [' '{"debug": false, "bogus": 1}'; do
                        printf "$text" | tee $file >/root/broken
                        reason='\\(objection)'
                        [[ $text == *bogus* ]] || reason='line 2, column 17: the text ends too early: nothing was changed'
                        refused "$reason" systemd-docker setup
                        cmp $file /root/broken
                        forgot
                    done
                    rm /root/broken
                    """.replacing("\\(objection)", with: objection))
        }

        @Test("the file is the one that Docker was told of, and no runtime gets lost", arguments: [Host.Kind.trixie])
        func otherFile(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.run(
                Host.functions + Self.preparation + """
                    begin() {
                        mkdir -p /run/systemd/system/docker.service.d
                        printf '[Service]\\nExecStart=\\nExecStart=/usr/sbin/dockerd -H fd:// %s\\n' "$*" \\
                            >/run/systemd/system/docker.service.d/test.conf
                        restart
                    }
                    begin --config-file=$saved --add-runtime other=/usr/bin/runc
                    refused "Docker would forget other until its next start" systemd-docker setup
                    begin --config-file $saved
                    cp $saved /root/original
                    systemd-docker setup
                    knows
                    cmp $file /root/original
                    systemd-docker setup --check | grep -x "ok  configuration: $saved" >/dev/null
                    systemd-docker setup --undo
                    cmp $saved /root/original
                    begin --add-runtime systemd-docker=$runtime
                    systemd-docker setup --check
                    refused "it is on Docker's command line" systemd-docker setup --undo
                    rm -r /root/original /run/systemd/system/docker.service.d
                    restart
                    """)
        }
    }
}
