// SPDX-License-Identifier: Apache-2.0

/// A container as its inspection describes it: the fields that we need.
public struct Container: Decodable, Sendable, Equatable {
    public var id: String
    /// The ID of its image.
    public var image: String?
    public var state: State
    /// The first 12 digits of its ID, as docker shows them.
    public var shortID: String { String(id.prefix(12)) }
    public var config: Config
    public var hostConfig: HostConfig
    /// How often its restart policy has restarted it since it was last started by a request.
    public var restarts: Int?

    public enum Status: Sendable, Equatable {
        case created, running, paused, restarting, removing, exited, dead
        /// One that this version does not know.
        case other(String)
    }

    public struct State: Decodable, Sendable, Equatable {
        public var status: Status
        public var isRunning: Bool
        /// PID 1 of the container, by its number in the daemon's PID namespace; 0 while the container does not run.
        public var process: Int32
        public var exitCode: Int
        /// `nil` if there is no HEALTHCHECK, or none has run yet.
        public var health: Health?

        private enum CodingKeys: String, CodingKey {
            case status = "Status"
            case isRunning = "Running"
            case process = "Pid"
            case exitCode = "ExitCode"
            case health = "Health"
        }
    }

    public enum HealthStatus: Sendable, Equatable {
        case starting, healthy, unhealthy
        /// "none": the HEALTHCHECK is switched off.
        case disabled
        /// One that this version does not know.
        case other(String)
    }

    public struct Health: Decodable, Sendable, Equatable {
        public var status: HealthStatus
        /// How many checks in a row have failed, those of the start period not counted.
        public var failingStreak: Int
        /// The last checks, the newest one last; null or absent if there was none.
        public var log: [Check]?

        public struct Check: Decodable, Sendable, Equatable {
            /// When it ended (RFC 3339), by the Engine's clock.
            public var end: String
            public var exitCode: Int
            /// The beginning of its output.
            public var output: String

            private enum CodingKeys: String, CodingKey {
                case end = "End"
                case exitCode = "ExitCode"
                case output = "Output"
            }
        }

        private enum CodingKeys: String, CodingKey {
            case status = "Status"
            case failingStreak = "FailingStreak"
            case log = "Log"
        }
    }

    public struct Config: Decodable, Sendable, Equatable {
        /// The name of its image in the request that created it.
        public var image: String?
        public var hasTerminal: Bool
        /// `SIGQUIT`, `3`; absent means SIGTERM.
        public var stopSignal: String?
        /// Seconds from the stop signal to SIGKILL; absent if none were requested.
        public var stopTimeout: Int?
        /// `null` if there are none.
        public var labels: [String: String]?
        /// The HEALTHCHECK of the image or of the create request.
        public var healthcheck: Healthcheck?

        /// Whether the Engine runs health checks.
        public var hasHealthcheck: Bool { healthcheck?.isEffective ?? false }

        private enum CodingKeys: String, CodingKey {
            case image = "Image"
            case hasTerminal = "Tty"
            case stopSignal = "StopSignal"
            case stopTimeout = "StopTimeout"
            case labels = "Labels"
            case healthcheck = "Healthcheck"
        }
    }

    /// A HEALTHCHECK; times are nanoseconds, and 0 or an absent one means the Engine's default.
    public struct Healthcheck: Decodable, Sendable, Equatable {
        /// `CMD …` or `CMD-SHELL …`; `NONE`, nothing or null if there is no check.
        public var test: [String]?
        public var interval: Int64?
        public var timeout: Int64?
        public var startInterval: Int64?
        public var retries: Int?

        /// Whether there is a command to run.
        var isEffective: Bool { test?.first?.hasPrefix("CMD") ?? false }
        /// How many failed checks in a row make the container unhealthy.
        public var effectiveRetries: Int { retries.flatMap { $0 > 0 ? $0 : nil } ?? 3 }
        /// The longest time from the end of one check to the end of the next.
        public var longestRound: Duration {
            func given(_ time: Int64?) -> Duration? { time.flatMap { $0 > 0 ? .nanoseconds($0) : nil } }
            // dockerd's defaults: 30 s both, 5 s in the start period.
            return max(given(interval) ?? .seconds(30), given(startInterval) ?? .zero)
                + (given(timeout) ?? .seconds(30))
        }

        private enum CodingKeys: String, CodingKey {
            case test = "Test"
            case interval = "Interval"
            case timeout = "Timeout"
            case startInterval = "StartInterval"
            case retries = "Retries"
        }
    }

    public struct HostConfig: Decodable, Sendable, Equatable {
        public var removesItself: Bool
        public var cgroupParent: String
        /// Its OCI runtime, by its name in the daemon's configuration.
        public var runtime: String?
        /// `default`, `bridge`, `host`, `none`, `container:ID`, or a network's name.
        public var networkMode: String?
        /// What the Engine does when the container ends; absent in containers of old releases.
        public var restartPolicy: RestartPolicy?

        public struct RestartPolicy: Decodable, Sendable, Equatable {
            /// no, always, unless-stopped, on-failure; empty is no.
            public var name: String
            private enum CodingKeys: String, CodingKey { case name = "Name" }
        }

        /// Whether the Engine restarts the container when it has ended.
        public var restartsItself: Bool {
            !["", "no"].contains(restartPolicy?.name ?? "")
        }

        private enum CodingKeys: String, CodingKey {
            case removesItself = "AutoRemove"
            case cgroupParent = "CgroupParent"
            case runtime = "Runtime"
            case networkMode = "NetworkMode"
            case restartPolicy = "RestartPolicy"
        }
    }

    private enum CodingKeys: String, CodingKey {
        case id = "Id"
        case image = "Image"
        case state = "State"
        case config = "Config"
        case hostConfig = "HostConfig"
        case restarts = "RestartCount"
    }
}

extension Container.Status: Decodable {
    public init(from decoder: any Decoder) throws {
        switch try decoder.singleValueContainer().decode(String.self) {
        case "created": self = .created
        case "running": self = .running
        case "paused": self = .paused
        case "restarting": self = .restarting
        case "removing": self = .removing
        case "exited": self = .exited
        case "dead": self = .dead
        case let text: self = .other(text)
        }
    }
}

extension Container.HealthStatus: Decodable {
    public init(from decoder: any Decoder) throws {
        switch try decoder.singleValueContainer().decode(String.self) {
        case "starting": self = .starting
        case "healthy": self = .healthy
        case "unhealthy": self = .unhealthy
        case "none": self = .disabled
        case let text: self = .other(text)
        }
    }
}
