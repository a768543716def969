// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

extension HostTests {
    /// The files in Units/, as they are written.
    @Suite("Unit files")
    struct UnitFiles {
        static func file(_ name: String) throws -> String {
            try String(contentsOf: Host.checkout.appending(path: "Units/\(name)"), encoding: .utf8)
        }

        /// An image of the name that the unit file has, made of busybox and a command.
        private static func image(_ name: String, _ command: String) -> String {
            """
            docker import --change 'CMD ["sh", "-c", "\(command)"]' /usr/share/busybox.tar \(name) >/dev/null

            """
        }

        @Test("nginx.service, written for the old program", arguments: Host.Kind.all)
        func nginx(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: ["nginx.service": try Self.file("nginx.service")],
                Self.image(
                    "mycontainer",
                    "echo $GREETING >/index.html; trap \\\"exit 0\\\" TERM; httpd -p 443 -h /; sleep 1000 & wait") + """
                        echo GREETING=welcome >/etc/default/nginx-container
                        systemd-analyze --man=no verify /etc/systemd/system/nginx.service
                        systemctl start nginx.service
                        eventually '[[ $(curl --silent http://127.0.0.1:443/) == welcome ]]'
                        systemctl status --no-pager nginx.service | grep 'httpd -p 443'
                        systemctl stop nginx.service
                        [[ $(property nginx.service ActiveState) == inactive && $(property nginx.service Result) == success ]]
                        docker image rm mycontainer
                        rm /etc/default/nginx-container
                        """)
        }

        @Test("elastic.service and fluentd.service: two units, one link", arguments: Host.Kind.all)
        func pair(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let serve = "echo stored >/index.html; trap 'exit 0' TERM; httpd -p 9200 -h /; sleep 1000 & wait"
            let forward = """
                trap 'exit 0' TERM; cat /fluentd/etc/fluent.conf; wget -q -O - http://elastic:9200/; \
                httpd -p 24224 -h /fluentd/etc; sleep 1000 & wait
                """
            try host.with(
                units: [
                    "elastic.service": try Self.file("elastic.service"),
                    "fluentd.service": try Self.file("fluentd.service"),
                ],
                Self.image("elastic", serve.replacing("'", with: "'\\''"))
                    + Self.image("fluentd", forward.replacing("'", with: "'\\''")) + """
                        mkdir -p /var/lib/images /etc/fluentd
                        for name in elastic fluentd; do
                            docker save --output /var/lib/images/$name.tar $name
                            docker image rm $name >/dev/null
                        done
                        echo '<source> port 24224' >/etc/fluentd/fluent.conf
                        systemd-analyze --man=no verify /etc/systemd/system/fluentd.service
                        systemctl start fluentd.service
                        [[ $(property elastic.service ActiveState) == active ]]
                        eventually 'log fluentd.service | grep -x stored >/dev/null'
                        log fluentd.service | grep -x '<source> port 24224'
                        [[ $(curl --silent http://127.0.0.1:24224/fluent.conf) == '<source> port 24224' ]]
                        systemctl stop elastic.service
                        [[ $(property elastic.service Result) == success ]]
                        [[ $(property fluentd.service ActiveState) == inactive && $(property fluentd.service Result) == success ]]
                        docker image rm elastic fluentd
                        rm -r /var/lib/images /etc/fluentd /var/lib/systemd-docker
                        """)
        }

        @Test("worker.service: Restart=on-failure", arguments: Host.Kind.all)
        func worker(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let work = "trap 'exit 0' TERM; read end </gate/fifo; exit $end"
            // Where it waits to be told how to end.
            let unit = try Self.file("worker.service").replacing(
                "%n -m 64m worker", with: "%n -m 64m --volume /run/test-gate:/gate worker")
            try host.with(
                units: ["worker.service": unit],
                Self.image("worker", work.replacing("'", with: "'\\''")) + """
                    mkdir /run/test-gate && mkfifo /run/test-gate/fifo
                    systemctl start worker.service
                    echo 3 >/run/test-gate/fifo
                    eventually '[[ $(property worker.service NRestarts) == 1 && $(property worker.service ActiveState) == active ]]'
                    kill -KILL $(pid_of worker.service)
                    eventually '[[ $(property worker.service NRestarts) == 2 && $(property worker.service ActiveState) == active ]]'
                    systemctl stop worker.service
                    [[ $(property worker.service ActiveState) == inactive && $(property worker.service Result) == success ]]
                    systemctl start worker.service
                    echo 0 >/run/test-gate/fifo
                    eventually '[[ $(property worker.service ActiveState) == inactive ]]'
                    [[ $(property worker.service Result) == success ]]
                    docker image rm worker
                    rm -r /run/test-gate
                    """)
        }

        @Test("cloud-init.yaml carries a unit that systemd takes", arguments: [Host.Kind.trixie])
        func cloudInit(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            // What cloud-init writes: the lines of the block, without its indentation.
            let lines = try Self.file("cloud-init.yaml").split(separator: "\n", omittingEmptySubsequences: false)
            let start = try #require(lines.firstIndex { $0.hasSuffix("content: |") }) + 1
            let unit = lines[start...].prefix { $0.isEmpty || $0.hasPrefix("      ") }.map { $0.dropFirst(6) }
                .joined(separator: "\n")
            try host.with(
                units: ["worker.service": unit],
                Self.image("worker", "trap \\\"exit 0\\\" TERM; sleep 1000 & wait") + """
                    systemd-analyze --man=no verify /etc/systemd/system/worker.service
                    systemctl enable --now worker.service
                    [[ $(property worker.service ActiveState) == active ]]
                    systemctl disable --now worker.service
                    docker image rm worker
                    """)
        }
    }
}
