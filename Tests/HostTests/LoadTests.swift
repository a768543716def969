// SPDX-License-Identifier: Apache-2.0

import Testing

extension HostTests {
    /// Images from a tarball.
    @Suite("Loads")
    struct Loads {
        @Test(
            "an image is loaded when it is not there, or the tarball is another one",
            arguments: [Host.Kind.bookworm, .forky])
        func loads(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let command = "--load /run/test.tar.gz run --rm --init --pull never --name %n test-image sleep 1000"
            try host.with(
                units: ["test.service": Host.service(command, "TimeoutStopSec=5")],
                """
                trap 'docker rmi test-image other; rm -rf /run/test.tar* /var/lib/systemd-docker' EXIT
                loads() { log test.service | grep -c '^systemd-docker: loaded test-image from /run/test.tar.gz: sha256:' || true; }
                docker tag busybox test-image
                docker tag busybox other
                docker save test-image | gzip >/run/test.tar.gz
                docker rmi test-image
                systemctl start test.service
                [[ $(loads) == 1 ]]
                systemctl restart test.service
                [[ $(loads) == 1 ]]
                systemctl stop test.service
                docker rmi test-image
                systemctl start test.service
                [[ $(loads) == 2 ]]
                touch /run/test.tar.gz
                systemctl restart test.service
                [[ $(loads) == 3 ]]
                systemctl stop test.service
                # Of a tarball that holds something else nothing is started.
                docker save other >/run/test.tar.gz
                docker rmi test-image
                ! systemctl start test.service || false
                log test.service | grep 'load /run/test.tar.gz: there is no image test-image in it: .*Loaded image: other:latest'
                echo nonsense >/run/test.tar.gz
                ! systemctl start test.service || false
                log test.service | grep 'load /run/test.tar.gz: POST /images/load: Docker answered'
                rm /run/test.tar.gz
                ! systemctl start test.service || false
                log test.service | grep 'load an image: open /run/test.tar.gz: No such file or directory'
                docker tag busybox test-image
                """)
        }
    }
}
