// SPDX-License-Identifier: Apache-2.0

import Testing

extension HostTests {
    /// A container has one living owner, and what is found is looked at before it is used.
    @Suite("Owners")
    struct Owners {
        private static let kinds = [Host.Kind.native[0], .trixie, .trixieCgroupfs, .bookwormLegacy]

        @Test("who comes second is refused, and the first is untouched", arguments: kinds)
        func second(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: [
                    "test-a.service": Host.service("run --rm --name test-name loop"),
                    "test-b.service": Host.service("run --name test-name loop", "Restart=always\nRestartSec=100ms"),
                ],
                Membership.loop + """
                    systemctl start test-a.service
                    pid=$(pid_of test-name)
                    ! systemctl start test-b.service || false
                    log test-b.service | grep "cannot use the container name \\"test-name\\": it is in use by test-a.service (process $(property test-a.service MainPID))"
                    eventually '(( $(property test-b.service NRestarts) >= 5 ))'
                    status=0
                    systemd-docker run --rm --name test-name loop 2>/run/test.err || status=$?
                    [[ $status == 125 ]]
                    grep 'it is in use by test-a.service' /run/test.err
                    # By another name that Docker has given it meanwhile.
                    docker rename test-name test-other
                    ! systemd-docker run --rm --name test-other loop 2>/run/test.err || false
                    grep 'it is in use by test-a.service' /run/test.err
                    docker rename test-other test-name
                    [[ $(pid_of test-name) == $pid && $(property test-a.service ActiveState) == active ]]
                    # Once the first is gone, the second has it.
                    systemctl stop test-a.service
                    eventually '[[ $(property test-b.service ActiveState) == active ]]'
                    ! systemctl start test-a.service || false
                    [[ $(property test-b.service ActiveState) == active ]]
                    systemctl stop test-b.service
                    docker rm test-name
                    rm /run/test.err
                    """)
        }

        @Test("two that start at the same moment: one has it, the other is refused", arguments: [Host.Kind.trixie])
        func together(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: [
                    "test-a.service": Host.service("run --rm --name test-name loop"),
                    "test-b.service": Host.service("run --rm --name test-name loop"),
                ],
                Membership.loop + """
                    for round in 1 2 3 4 5 6 7 8; do
                        systemctl start test-a.service test-b.service || true
                        states="$(property test-a.service ActiveState) $(property test-b.service ActiveState)"
                        [[ $states == 'active failed' || $states == 'failed active' ]]
                        systemctl stop test-a.service test-b.service
                    done
                    """)
        }

        @Test("a container that is a unit's main process by itself has an owner, too", arguments: [Host.Kind.trixie])
        func mainProcess(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: [
                    "test-a.service": Host.service("--logs=false run --name test-name loop"),
                    "test-b.service": Host.service("run --rm --name test-name loop"),
                ],
                Membership.loop + """
                    systemctl start test-a.service
                    pid=$(property test-a.service MainPID)
                    [[ $(pid_of test-name) == $pid ]]
                    ! systemctl start test-b.service || false
                    log test-b.service | grep "it is in use by test-a.service (process $pid)"
                    [[ $(property test-a.service MainPID) == $pid && $(pid_of test-name) == $pid ]]
                    systemctl stop test-a.service
                    docker rm test-name
                    """)
        }

        @Test("a failure after a take-over leaves the container alone", arguments: [Host.Kind.trixie])
        func failedTakeOver(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: [
                    "test.service": Host.service(
                        "--pid-file /nowhere/test.pid --placement none run --rm --name test-name loop")
                ],
                Membership.loop + """
                    docker run --detach --name test-name loop
                    pid=$(pid_of test-name)
                    ! systemctl start test.service || false
                    log test.service | grep /nowhere/test.pid
                    [[ $(pid_of test-name) == $pid ]]
                    docker rm --force test-name
                    """)
        }

        // Where docker update works on a container that runs.
        @Test("a restart policy is taken from what is reused", arguments: [Host.Kind.native[0], .trixieCgroupfs])
        func restartPolicy(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: [
                    "test.service": Host.service("run --name test-name loop", "KillMode=process\nTimeoutStopSec=10")
                ],
                Membership.loop + """
                    policy() { docker inspect --format '{{.HostConfig.RestartPolicy.Name}}' test-name; }
                    docker run --detach --restart unless-stopped --name test-name loop
                    systemctl start test.service
                    log test.service | grep 'container test-name had restart policy unless-stopped: changed to no'
                    [[ $(policy) == no ]]
                    systemctl stop test.service
                    [[ $(docker inspect --format '{{.State.Running}} {{.RestartCount}}' test-name) == 'false 0' ]]
                    # Made by us, and changed since: while it does not run, and while it does.
                    docker rm test-name
                    systemctl start test.service
                    systemctl stop test.service
                    docker update --restart always test-name
                    systemctl start test.service
                    [[ $(policy) == no ]]
                    docker update --restart always test-name
                    kill -KILL $(property test.service MainPID)
                    eventually '[[ $(property test.service ActiveState) == failed ]]'
                    systemctl start test.service
                    [[ $(policy) == no ]]
                    systemctl stop test.service
                    [[ $(docker inspect --format '{{.State.Running}}' test-name) == false ]]
                    docker rm test-name
                    """)
        }

        @Test(
            "what contradicts the command line is refused, and nothing happens to it",
            arguments: [
                ("--rm loop", "run --name test-name loop", "it was made with --rm"),
                ("busybox sleep 1000", "run --rm --name test-name loop", "its image is busybox, not loop"),
                ("--network none loop", "run --rm --name test-name loop", "its network is none, not default"),
                ("loop", "run --rm --network host --name test-name loop", "not host"),
            ])
        func contradictions(made: String, asked: String, complaint: String) async throws {
            let host = try await Host.of(.trixie)
            try host.with(
                units: ["test.service": Host.service(asked)],
                Membership.loop + """
                    docker run --detach --name test-name \(made)
                    pid=$(pid_of test-name)
                    ! systemctl start test.service || false
                    log test.service | grep 'cannot use container test-name: .*\(complaint)'
                    [[ $(pid_of test-name) == $pid ]]
                    docker rm --force test-name
                    """)
        }

        @Test("a label of an image's author decides nothing", arguments: [Host.Kind.trixie, .forky])
        func labels(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: ["test.service": Host.service("run --rm --name test-name test-evil", "TimeoutStopSec=3")],
                """
                docker import --change 'CMD ["sleep", "1000"]' --change 'LABEL io.systemd-docker.arguments=x' \\
                    --change 'LABEL io.systemd-docker.auto-update="system victim.service a/b:c"' \\
                    --change 'LABEL io.systemd-docker.run=1' /usr/share/busybox.tar test-evil
                # One that runs is taken over, as any that was made by hand: nothing says that it was made otherwise.
                docker run --detach --name test-name test-evil
                pid=$(pid_of test-name)
                systemctl start test.service
                [[ $(pid_of test-name) == $pid ]]
                systemctl stop test.service || true
                systemctl reset-failed test.service || true
                # What we make has none of them.
                systemctl start test.service
                [[ -z $(docker inspect --format '{{index .Config.Labels "io.systemd-docker.auto-update"}}' test-name) ]]
                for label in arguments run; do
                    [[ ! $(docker inspect --format "{{index .Config.Labels \\"io.systemd-docker.$label\\"}}" test-name) =~ ^(x|1)$ ]]
                done
                systemctl stop test.service || true
                eventually '[[ -z $(docker ps --all --quiet) ]]'
                docker rmi test-evil
                """)
        }
    }
}
