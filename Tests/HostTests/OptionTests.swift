// SPDX-License-Identifier: Apache-2.0

import Testing

extension HostTests {
    /// The old program's options, and those of docker run that mean something special here.
    @Suite("Options")
    struct Options {
        @Test("--env hands over the unit's environment, not systemd's", arguments: Host.Kind.all)
        func environment(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: [
                    "test.service": Host.service(
                        "--env run --rm --name %n -e MINE=given -e GREETING busybox env",
                        "Environment=GREETING=hello MINE=unit PLAIN=1\nWatchdogSec=0\nRuntimeDirectory=test-env"
                    )
                ],
                """
                systemctl start --wait test.service
                log test.service >/tmp/test-environment
                grep -qx GREETING=hello /tmp/test-environment
                grep -qx MINE=given /tmp/test-environment
                grep -qx PLAIN=1 /tmp/test-environment
                grep -qx HOME=/root /tmp/test-environment
                ! grep -E '^(NOTIFY_SOCKET|INVOCATION_ID|JOURNAL_STREAM|SYSTEMD_EXEC_PID|RUNTIME_DIRECTORY)=' /tmp/test-environment || false
                rm /tmp/test-environment
                """)
        }

        @Test("without --env nothing is handed over", arguments: [Host.Kind.trixie])
        func noEnvironment(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: ["test.service": Host.service("run --rm --name %n busybox env", "Environment=GREETING=hello")],
                """
                systemctl start --wait test.service
                log test.service | grep '^PATH=' >/dev/null
                ! log test.service | grep GREETING || false
                """)
        }

        @Test("--pid-file holds the container's PID while it runs", arguments: Host.Kind.all)
        func pidFile(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: [
                    "test.service": Host.service(
                        "--pid-file=/run/test.pid run --rm --name %n busybox sh -c 'trap \"exit 0\" TERM; sleep 100 & wait'"
                    )
                ],
                """
                systemctl start test.service
                [[ $(</run/test.pid) == $(pid_of test.service) ]]
                [[ $(cat /proc/$(</run/test.pid)/comm) == sh ]]
                systemctl stop test.service
                [[ ! -e /run/test.pid ]]
                """)
        }

        @Test(
            "--cidfile holds the ID as long as --rm keeps the container, and every --network is joined",
            arguments: [Host.Kind.trixie, .bookworm])
        func idFileAndNetworks(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            // Docker 20.10 takes one network at creation.
            try host.with(
                units: [
                    "test.service": Host.service(
                        """
                        run --rm --init --name %n --cidfile /run/test-id --network test-a \
                        --network name=test-b,alias=other busybox sleep 100
                        """)
                ],
                """
                docker network create test-a >/dev/null; docker network create test-b >/dev/null
                systemctl start test.service
                [[ $(</run/test-id) == $(docker inspect --format '{{.Id}}' test.service) ]]
                [[ $(docker inspect --format '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}' test.service) == 'test-a test-b ' ]]
                docker inspect --format '{{index .NetworkSettings.Networks "test-b"}}' test.service | grep -w other >/dev/null
                systemctl stop test.service
                [[ ! -e /run/test-id ]]
                docker network rm test-a test-b >/dev/null
                """)
        }

        @Test(
            "--use-api-socket: the container talks to Docker, and has our credentials for root alone",
            arguments: [Host.Kind.forky, .bookworm])
        func apiSocket(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let command = """
                run --rm --name %n --use-api-socket \(Notifying.volumes) --volume /usr/bin/docker:/docker:ro busybox \
                sh -c 'cd $$DOCKER_CONFIG; stat -c "%%a %%u:%%g" config.json; cat config.json; echo; /docker ps'
                """
            try host.with(
                units: ["test.service": Host.service(command, "LoadCredential=docker-config:/run/test-config.json")],
                """
                echo '{"auths":{"host:1":{"username":"user","password":"p:w"}}}' >/run/test-config.json
                systemctl start --wait test.service
                log test.service >/tmp/test-log
                grep -qx '600 0:0' /tmp/test-log
                grep -qx '{"auths":{"host:1":{"auth":"dXNlcjpwOnc="}}}' /tmp/test-log
                grep -q 'test.service$' /tmp/test-log
                rm /tmp/test-log /run/test-config.json
                """)
        }

        @Test(
            "a pid file that cannot be written fails the start, and the container goes", arguments: [Host.Kind.trixie])
        func pidFileFails(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: ["test.service": Host.service("-p /proc/nowhere/pid run --rm --name %n busybox sleep 100")],
                """
                ! systemctl start test.service || false
                [[ $(property test.service ExecMainStatus) == 125 ]]
                log test.service | grep 'write the pid file /proc/nowhere/pid: open'
                """)
        }

        @Test("-it in a unit: a terminal for the container, its lines in the journal", arguments: Host.Kind.all)
        func terminal(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: [
                    "test.service": Host.service(
                        #"run -itd --rm --name %n busybox sh -c 'trap "exit 0" TERM; [ -t 0 ] && [ -t 1 ] && echo terminal; read line; echo end-of-input; sleep 100 & wait'"#
                    )
                ],
                """
                systemctl start test.service
                eventually 'log test.service | grep -x terminal >/dev/null'
                # Its stdin stays open though ours is /dev/null.
                [[ $(docker inspect --format '{{.State.Running}}' test.service) == true ]]
                ! log test.service | grep end-of-input || false
                ! log test.service | grep $'\\r' || false
                """)
        }

        @Test(
            "--logs=false without --rm: the container becomes the main process and we leave", arguments: Host.Kind.all)
        func leaves(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: [
                    "test.service": Host.service(
                        "--logs=false run --name %n busybox sh -c 'trap \"exit 0\" TERM; echo quiet; sleep 100 & wait'",
                        // On version 1 nobody tells systemd in these hosts that the cgroup is empty (cgroups(7)).
                        "NotifyAccess=all\nTimeoutStopSec=2")
                ],
                """
                systemctl start test.service
                [[ $(property test.service MainPID) == $(pid_of test.service) ]]
                eventually '! pgrep systemd-docker'
                [[ $(property test.service ActiveState) == active ]]
                ! log test.service | grep -x quiet || false
                systemctl stop test.service
                eventually '[[ $(docker inspect --format "{{.State.Status}}" test.service) == exited ]]'
                docker rm test.service
                """)
        }

        @Test("--notify: the container says when it is ready, with NotifyAccess=main", arguments: Host.Kind.all)
        func notify(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let command = """
                --notify run --rm --name %n --user 65534 \(Notifying.volumes) --volume /run/test-gate:/gate busybox \
                sh -c 'read line </gate/fifo; /notify --ready --status=serving; trap "exit 0" TERM; sleep 100 & wait'
                """
            try host.with(
                units: ["test.service": Host.service(command, "NotifyAccess=main")],
                """
                mkdir -m 777 /run/test-gate && mkfifo -m 666 /run/test-gate/fifo
                systemctl start --no-block test.service
                # The fifo opens when the container reads it: it runs, and is not ready.
                exec 5>/run/test-gate/fifo
                [[ $(property test.service ActiveState) == activating ]]
                echo go >&5
                systemctl start test.service
                [[ $(property test.service ActiveState) == active ]]
                eventually '[[ $(property test.service StatusText) == serving ]]'
                systemctl stop test.service
                rm -r /run/test-gate
                """)
        }

        @Test("--notify: a container that dies before it is ready fails the start", arguments: [Host.Kind.trixie])
        func notifyFails(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: ["test.service": Host.service("-n run --rm --name %n busybox sh -c 'echo sorry; exit 4'")],
                """
                ! systemctl start test.service || false
                [[ $(property test.service ExecMainStatus) == 4 ]]
                log test.service | grep -x sorry >/dev/null
                """)
        }

        @Test("without a name the container is called like the unit", arguments: [Host.Kind.trixie])
        func name(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: ["test.service": Host.service("run --rm --init busybox sleep 100")],
                "systemctl start test.service && docker inspect test.service >/dev/null")
        }

        @Test(
            "--cgroups: the version 1 controllers that are named, and systemd's",
            arguments: [Host.Kind.bookwormLegacy, .bookwormLegacySystemd])
        func controllers(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: [
                    "test.service": Host.service(
                        "-c memory --cgroups=name=systemd run --rm -m 64m --init --name %n busybox sleep 100",
                        "MemoryAccounting=yes")
                ],
                """
                systemctl start test.service
                cgroups=$(cat /proc/$(pid_of test.service)/cgroup)
                grep -E 'name=systemd:.*/test.service/' <<<"$cgroups"
                grep -E ':memory:.*/test.service/' <<<"$cgroups"
                ! grep -E ':(devices|freezer|pids):.*/test.service/' <<<"$cgroups" || false
                path=$(sed -n 's/^[0-9]*:memory://p' <<<"$cgroups")
                [[ $(cat /sys/fs/cgroup/memory$path/memory.limit_in_bytes) == 67108864 ]]
                """)
        }

        @Test("in a shell it runs in the foreground", arguments: [Host.Kind.trixie, .bookwormLegacy])
        func shell(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: [:],
                """
                [[ $(systemd-docker run --rm busybox echo hello) == hello ]]
                [[ $(echo typed | systemd-docker run --rm -i busybox cat) == typed ]]
                status=0; systemd-docker run --rm busybox sh -c 'exit 42' || status=$?; [[ $status == 42 ]]
                status=0; systemd-docker run --rm busybox sh -c 'kill -9 $$; exit 1' || status=$?; [[ $status == 1 ]]
                # A terminal of ours becomes the container's.
                script --quiet --return --command "systemd-docker run --rm -it busybox sh -c '[ -t 0 ] && echo terminal'" /dev/null </dev/null |
                    grep terminal
                systemd-docker run --rm --name test-shell busybox sh -c 'trap "exit 7" INT; echo up; sleep 100 & wait' >/tmp/test-out &
                wrapper=$!
                eventually 'grep -q up /tmp/test-out'
                kill -INT $wrapper
                status=0; wait $wrapper || status=$?; [[ $status == 7 ]]
                rm /tmp/test-out
                """)
        }
    }
}
