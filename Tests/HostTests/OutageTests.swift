// SPDX-License-Identifier: Apache-2.0

import Testing

extension HostTests {
    /// The Docker daemon is not there yet, is restarted, or is killed.
    @Suite("Outage")
    struct Outage {
        private static let sleeper = "run --rm --name %n busybox sh -c 'trap \"exit 0\" TERM; sleep 100 & wait'"

        /// A unit that does not stop with Docker.
        private static func service(_ command: String, _ settings: String = "") -> String {
            Host.service(command, settings).replacing("Requires=", with: "Wants=")
                .replacing("StartLimitIntervalSec=0\n", with: "")
        }

        @Test("a start waits for Docker, past the time that a start may take", arguments: [Host.Kind.trixie])
        func late(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let unit = Self.service(Self.sleeper, "TimeoutStartSec=2").replacing("Wants=docker.service\n", with: "")
            try host.with(
                units: ["test.service": unit],
                """
                trap 'systemctl start docker.socket docker.service' EXIT
                systemctl stop docker.socket docker.service
                systemctl start --no-block test.service
                eventually '[[ $(property test.service StatusText) == "waiting for Docker at /var/run/docker.sock" ]]'
                # Longer than TimeoutStartSec=, and than the limit of five starts in ten seconds would allow.
                read -r -t 3 <> <(:) || true
                [[ $(property test.service ActiveState) == activating ]]
                systemctl start docker.socket docker.service
                eventually '[[ $(property test.service ActiveState) == active ]]'
                [[ $(property test.service NRestarts) == 0 ]]
                """)
        }

        @Test(
            "a start waits for a daemon that is slow, and of which only the socket is there",
            arguments: [Host.Kind.trixie, .bookworm])
        func slow(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let unit = Self.service(Self.sleeper).replacing("Wants=docker.service\nAfter=docker.service\n", with: "")
            try host.with(
                units: ["test.service": unit],
                """
                folder=/run/systemd/system/docker.service.d
                trap 'rm -r $folder; systemctl daemon-reload; systemctl start docker.service' EXIT
                mkdir -p $folder
                printf '[Service]\\nExecStartPre=sleep 2\\n' >$folder/slow.conf
                systemctl daemon-reload
                systemctl stop docker.service
                systemctl start --no-block test.service
                eventually '[[ $(property test.service StatusText) == "waiting for Docker at /var/run/docker.sock" ]]'
                eventually '[[ $(property test.service ActiveState) == active ]]'
                [[ $(property test.service NRestarts) == 0 ]]
                """)
        }

        @Test(
            "without live-restore the unit ends with the daemon, and its one new start waits for the next",
            arguments: Host.Kind.all, ["systemctl restart docker.service", "kill -KILL $(cat /run/docker.pid)"])
        func restarted(kind: Host.Kind, fault: String) async throws {
            let host = try await Host.of(kind)
            try host.with(
                units: ["test.service": Self.service(Self.sleeper, "Restart=always\nTimeoutStopSec=1")],
                """
                systemctl start test.service
                \(fault)
                eventually '(( $(property test.service NRestarts) == 1 ))'
                eventually '[[ $(property test.service ActiveState) == active ]]'
                [[ $(property test.service NRestarts) == 1 ]]
                [[ $(docker ps --quiet | wc -l) == 1 ]]
                """)
        }
    }
}
