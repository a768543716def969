// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

extension HostTests {
    /// What `docker` can do with a container that a unit supervises, for each way in which it came under the unit.
    @Suite("Docker stays whole")
    struct Matrix {
        /// One use of docker, and what must come of it; `$process` is the container's PID 1, `cgroup CONTROLLER` its
        /// folder.
        private struct Use: Sendable {
            var name: String
            /// What the README's table calls it.
            var row: String
            var survivesMove = true
            var script: String
        }

        private static let uses = [
            Use(name: "exec", row: "docker exec", script: "[[ $(docker exec test.service echo inside) == inside ]]"),
            Use(
                name: "top", row: "docker top", survivesMove: false,
                script: "docker top test.service | grep 'sleep 1000'"),
            Use(
                name: "stats", row: "docker stats", survivesMove: false,
                // Without the controller of processes there is nothing to count.
                script: """
                    count=$(docker stats --no-stream --format '{{.PIDs}}' test.service)
                    [[ ! -e $(cgroup pids)/pids.current || $count == $(<$(cgroup pids)/pids.current) ]]
                    """),
            Use(
                name: "pause", row: "docker pause, unpause", survivesMove: false,
                script: """
                    docker pause test.service
                    [[ $(docker inspect --format '{{.State.Status}}' test.service) == paused ]]
                    docker unpause test.service
                    """),
            Use(
                name: "update", row: "docker update", survivesMove: false,
                script: """
                    docker update --memory 64m --memory-swap 64m test.service
                    limit=$(cgroup memory)/memory.limit_in_bytes
                    [[ ! -e $limit || $(<$limit) == 67108864 ]]
                    """),
            Use(
                name: "cp", row: "docker cp",
                script: "docker cp test.service:/etc/passwd /tmp/test-passwd; rm /tmp/test-passwd"),
            Use(name: "logs", row: "docker logs", script: "docker logs test.service | grep -x said"),
            Use(
                name: "inspect", row: "docker inspect",
                script: "[[ $(docker inspect --format '{{.State.Status}}' test.service) == running ]]"),
            Use(
                name: "restart", row: "docker restart",
                script: """
                    docker restart --time 5 test.service
                    eventually 'grep "/test.service" /proc/$(pid_of test.service)/cgroup'
                    [[ $(pid_of test.service) != "$process" && $(property test.service ActiveState) == active ]]
                    process=$(pid_of test.service)
                    """),
            Use(
                name: "kill", row: "docker kill",
                script: "docker kill --signal USR1 test.service; eventually 'log test.service | grep -x asked'"),
            Use(
                name: "stop", row: "docker stop",
                script: """
                    docker stop --time 5 test.service
                    eventually '[[ $(property test.service ActiveState) == inactive ]]'
                    [[ $(property test.service Result) == success ]]
                    """),
        ]

        struct Cell: Sendable, CustomTestStringConvertible {
            var kind: Host.Kind
            var placement: String
            var testDescription: String { "\(kind.name) \(placement)" }
        }

        /// `parent` takes the cgroupfs driver: the systemd driver makes containers in slices only.
        private static let cells =
            Host.Kind.native.flatMap { kind in
                ["native", "migrate"].map { Cell(kind: kind, placement: $0) }
                    + (kind.driver == "cgroupfs" ? [Cell(kind: kind, placement: "parent")] : [])
            }

        @Test("on every host, with every placement that there can be", arguments: cells)
        func uses(cell: Cell) async throws {
            let host = try await Host.of(cell.kind)
            let uses = Self.uses.filter { cell.placement != "migrate" || $0.survivesMove }
            try host.with(
                units: [
                    "test.service": Host.service(
                        """
                        --placement \(cell.placement) run --name %n busybox sh -c \\
                        'trap "exit 0" TERM; trap "echo asked" USR1; echo said; while :; do sleep 1000 & wait; done'
                        """, "TimeoutStopSec=5")
                ],
                """
                systemctl start test.service
                process=$(pid_of test.service)
                cgroup() {
                    local path
                    path=$(grep -E "^[0-9]+:([a-z_,]*,)?$1(,[a-z_,]*)?:" /proc/$process/cgroup) || path=$(grep ^0:: /proc/$process/cgroup)
                    echo "/sys/fs/cgroup\(cell.kind.hierarchy == "v1" ? "/$1" : "")${path#*:*:}"
                }
                \(uses.map { "echo '== docker \($0.name)' >&2\n\($0.script)" }.joined(separator: "\n"))
                docker rm test.service
                """)
        }

        @Test("the README's table says the same")
        func table() throws {
            let readme = try String(contentsOf: Host.checkout.appending(path: "README.md"), encoding: .utf8)
            for use in Self.uses {
                #expect(readme.contains("| `\(use.row)` | yes | yes | \(use.survivesMove ? "yes" : "no") |\n"))
            }
        }
    }
}
