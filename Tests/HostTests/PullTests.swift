// SPDX-License-Identifier: Apache-2.0

import Testing

extension HostTests {
    /// Images from a registry of the host's own, whatever becomes of it half-way.
    @Suite("Pulls")
    struct Pulls {
        private static let command = "run --rm --init --name %n 127.0.0.1:5000/web sleep 1000"

        private func host(_ kind: Host.Kind) async throws -> Host {
            let host = try await Host.of(kind)
            try host.bringRegistry()
            return host
        }

        @Test(
            "a unit pulls what is missing, and one line tells what came",
            arguments: [Host.Kind.bookworm, .forky])
        func missing(kind: Host.Kind) async throws {
            try await host(kind).with(
                units: ["test.service": Host.service(Self.command, "TimeoutStopSec=5")],
                Host.registryFunctions + """
                    registry 5000
                    push web 0
                    systemctl start test.service
                    systemctl is-active test.service
                    digest=$(docker inspect --format '{{index .RepoDigests 0}}' 127.0.0.1:5000/web | cut -d@ -f2)
                    [[ $(log test.service | grep -c "pulled 127.0.0.1:5000/web: $digest, .* MB, in [0-9.]* s$") == 1 ]]
                    # It is there now.
                    systemctl stop test-registry-5000
                    systemctl restart test.service
                    [[ $(log test.service | grep -c pulled) == 1 ]]
                    systemctl stop test.service
                    """)
        }

        @Test("a registry that is away is asked again, one that refuses is not")
        func refused() async throws {
            try await host(.trixie).with(
                units: [
                    "test.service": "[Service]\nType=oneshot\nExecStart=/usr/local/bin/systemd-docker "
                        + "pull --pull missing 127.0.0.1:5000/nosuch:1"
                ],
                Host.registryFunctions + """
                    ! systemctl start test.service || false
                    log test.service | grep 'connection refused: 5 attempts have failed'
                    [[ $(log test.service | grep -c 'connection refused: trying again in') == 4 ]]
                    registry 5000
                    since=@$(date +%s.%6N)
                    ! systemctl start test.service || false
                    [[ $(log test.service | wc -l) == 1 ]]
                    log test.service | grep '^systemd-docker: pull 127.0.0.1:5000/nosuch:1: .*not found'
                    """)
        }

        @Test("a new image is pulled with always; with newer the old one will do where the registry is away")
        func newer() async throws {
            let always = Self.command.replacing("--rm", with: "--rm --pull always")
            let newer = Self.command.replacing("--rm", with: "--rm --pull newer")
            try await host(.trixie).with(
                units: [
                    "test.service": Host.service(newer, "TimeoutStopSec=5"),
                    "test-always.service": Host.service(always, "TimeoutStopSec=5"),
                ],
                Host.registryFunctions + """
                    registry 5000
                    push web 0
                    systemctl start test.service
                    old=$(docker inspect --format '{{.Image}}' test.service)
                    push other 1
                    docker pull --quiet 127.0.0.1:5000/other
                    docker tag 127.0.0.1:5000/other 127.0.0.1:5000/web
                    docker push --quiet 127.0.0.1:5000/web
                    docker tag "$old" 127.0.0.1:5000/web
                    systemctl restart test.service
                    new=$(docker inspect --format '{{.Image}}' test.service)
                    [[ $new != "$old" ]]
                    docker tag "$old" 127.0.0.1:5000/web
                    systemctl stop test-registry-5000
                    systemctl restart test.service
                    [[ $(docker inspect --format '{{.Image}}' test.service) == "$old" ]]
                    log test.service | grep 'connection refused: what is there will do (--pull newer)'
                    registry 5000
                    systemctl start test-always.service
                    [[ $(docker inspect --format '{{.Image}}' test-always.service) == "$new" ]]
                    systemctl stop test.service test-always.service
                    """)
        }

        @Test("500 MB on a slow line take longer than a start may, are seen coming, and survive a cut")
        func slow() async throws {
            try await host(.trixie).with(
                units: ["test.service": Host.service(Self.command, "TimeoutStartSec=10\nTimeoutStopSec=5")],
                Host.registryFunctions + """
                    registry 5000
                    large web 500
                    slow 240mbit
                    start=$SECONDS
                    systemctl start --no-block test.service
                    eventually '[[ $(property test.service StatusText) =~ ^pulling\\ 127.0.0.1:5000/web:\\ [0-9]+\\ %,\\ [0-9.]+\\ MB/s$ ]]'
                    # Docker itself takes up again what was cut in the middle of a layer.
                    systemctl kill --signal KILL test-registry-5000
                    registry 5000
                    # Returns when the start is over.
                    systemctl start test.service
                    ((SECONDS - start > 15))
                    log test.service | grep "pulled 127.0.0.1:5000/web: .*, 5.. MB, in "
                    systemctl stop test.service
                    """)
        }

        @Test("a pull that nothing comes of is begun again; a stop ends it, here and in Docker")
        func stalled() async throws {
            try await host(.bookworm).with(
                units: ["test.service": Host.service("--pull-timeout 2 \(Self.command)", "TimeoutStopSec=5")],
                Host.registryFunctions + """
                    registry 5000
                    push web 64
                    slow 40mbit
                    systemctl start --no-block test.service
                    eventually '[[ $(property test.service StatusText) == *%* ]]'
                    systemctl kill --signal STOP test-registry-5000
                    eventually 'log test.service | grep "nothing has come for 2 s: trying again in 1 s"'
                    fast
                    systemctl kill --signal CONT test-registry-5000
                    eventually '[[ $(property test.service ActiveState) == active ]]'
                    systemctl stop test.service
                    forget
                    slow 40mbit
                    systemctl start --no-block test.service
                    eventually '[[ $(property test.service StatusText) == *%* ]]'
                    systemctl stop test.service
                    [[ $(property test.service Result) == success && $(property test.service ActiveState) == inactive ]]
                    eventually '[[ -z $(ss --no-header --tcp state established dport = :5000) ]]'
                    [[ -z $(images) ]]
                    """)
        }

        @Test("layers of 2^62 bytes, two of them, are an error in words for pull, for run in a unit, and for update")
        func immense() async throws {
            let pull = "[Service]\nType=oneshot\nExecStart=/usr/local/bin/systemd-docker pull 127.0.0.1:5003/web"
            func service(_ options: String, _ policy: String) -> String {
                Host.service(
                    "\(options) run --rm --init --name %n --pull \(policy) 127.0.0.1:5003/web sleep 1000",
                    "TimeoutStopSec=5")
            }
            try await host(.trixie).with(
                units: [
                    "test-pull.service": pull, "test-run.service": service("", "always"),
                    "test-update.service": service("--auto-update", "missing"),
                ],
                Host.registryFunctions + """
                    registry 5000
                    push local 0
                    docker pull --quiet 127.0.0.1:5000/local
                    docker tag 127.0.0.1:5000/local 127.0.0.1:5003/web
                    immense 5003
                    systemctl start test-update
                    process=$(property test-update MainPID)
                    systemd-docker update --dry-run | tee /dev/stderr |
                        grep -E '^test-update.service: would update 127.0.0.1:5003/web to sha256:[0-9a-f]{64}$'
                    # At a time: Docker downloads but once for all of them, and takes its time to try again.
                    systemctl start --no-block test-pull test-run
                    systemd-docker update 2>/run/test-registry/update && status=0 || status=$?
                    cat /run/test-registry/update >&2
                    [[ $status == 1 ]]
                    eventually '[[ $(property test-pull ActiveState) == failed && $(property test-run ActiveState) == failed ]]'
                    error='pull 127.0.0.1:5003/web: .*: denied: no more of it'
                    grep "^systemd-docker: update 127.0.0.1:5003/web: $error" /run/test-registry/update
                    for unit in test-pull test-run; do
                        log $unit | grep "^systemd-docker: $error"
                        [[ $(property $unit Result) == exit-code ]]
                    done
                    [[ $(property test-update ActiveState) == active && $(property test-update MainPID) == "$process" ]]
                    systemctl stop test-update
                    """)
        }

        @Test("credentials come from docker's files, a helper, or the unit, and get nowhere else")
        func credentials() async throws {
            let pull = "[Service]\nType=oneshot\nExecStart=/usr/local/bin/systemd-docker pull"
            let configuration = "Environment=DOCKER_CONFIG=/run/test-docker"
            try await host(.trixie).with(
                units: [
                    "test-file.service": "\(pull) 127.0.0.1:5001/web\n\(configuration)/file",
                    "test-helper.service":
                        "\(pull) 127.0.0.1:5001/web\n\(configuration)/helper\nEnvironment=PATH=/run/test-docker:/usr/bin",
                    "test-broken.service":
                        "\(pull) 127.0.0.1:5001/web\n\(configuration)/broken\nEnvironment=PATH=/run/test-docker:/usr/bin",
                    "test-unit.service":
                        "\(pull) 127.0.0.1:5002/web\nLoadCredential=docker-config:/run/test-docker/token.json",
                    "test-user.service":
                        "\(pull) 127.0.0.1:5001/web\nUser=test-user\nSupplementaryGroups=docker",
                    "test-nobody.service": "\(pull) 127.0.0.1:5001/web\n\(configuration)/none",
                ],
                Host.registryFunctions + """
                    registry 5000
                    push web 0
                    registry 5001 "$password"
                    registry 5002 "$token"
                    mkdir -p /run/test-docker/{file,helper,broken,none}
                    auth='{"auths":{"127.0.0.1:5001":{"auth":"'$(printf user:s3cret-word | base64)'"}}}'
                    echo "$auth" >/run/test-docker/file/config.json
                    echo '{"credHelpers":{"127.0.0.1:5001":"test"}}' >/run/test-docker/helper/config.json
                    echo '{"credsStore":"broken"}' >/run/test-docker/broken/config.json
                    echo '{"auths":{"127.0.0.1:5002":{"registrytoken":"s3cret-word"}}}' >/run/test-docker/token.json
                    cat >/run/test-docker/docker-credential-test <<'HELPER'
                    #!/bin/sh
                    [ "$1" = get ] && read -r key
                    [ "$key" = 127.0.0.1:5001 ] || exit 1
                    echo s3cret-word >&2
                    echo '{"ServerURL":"'$key'","Username":"user","Secret":"s3cret-word"}'
                    HELPER
                    sed '$ a exit 3' /run/test-docker/docker-credential-test >/run/test-docker/docker-credential-broken
                    chmod +x /run/test-docker/docker-credential-*
                    useradd --create-home test-user
                    install -D --owner test-user --mode 600 <(echo "$auth" | sed 's/.*"auths"://; s/}$//') /home/test-user/.dockercfg
                    for unit in file helper unit user; do
                        systemctl start test-$unit
                        images | grep .
                        forget
                    done
                    userdel --remove test-user 2>/dev/null
                    ! systemctl start test-broken || false
                    log test-broken | grep 'ask docker-credential-broken for the credentials of 127.0.0.1:5001: exit status 3$'
                    ! systemctl start test-nobody || false
                    log test-nobody | grep 'pull 127.0.0.1:5001/web: .*no basic auth credentials: look at docker login'
                    [[ $(log test-nobody | wc -l) == 1 ]]
                    journalctl --sync
                    ! journalctl --no-pager --since "$since" | grep s3cret || false
                    """)
        }
    }
}
