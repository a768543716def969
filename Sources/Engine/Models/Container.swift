// SPDX-License-Identifier: Apache-2.0

internal import Linux

/// What the Engine knows of a container; of many fields, those that we ask for.
public struct Container: Decodable, Sendable, Equatable {
    public var id: String
    /// The ID of its image.
    public var image: String?
    public var state: State
    /// The digits of its ID that docker shows.
    public var shortID: String { String(id.prefix(12)) }
    public var config: Config
    public var hostConfig: HostConfig
    /// How often the Engine has started it again by its restart policy since somebody started it.
    public var restarts: Int?

    public struct State: Decodable, Sendable, Equatable {
        /// created, running, paused, restarting, removing, exited, dead.
        public var status: String
        public var isRunning: Bool
        /// PID 1 of the container, as the daemon's own PID namespace numbers it; 0 while it does not run.
        public var process: Int32
        public var exitCode: Int
        /// `nil` where there is no HEALTHCHECK, or it has not run yet.
        public var health: Health?

        private enum CodingKeys: String, CodingKey {
            case status = "Status"
            case isRunning = "Running"
            case process = "Pid"
            case exitCode = "ExitCode"
            case health = "Health"
        }
    }

    public struct Health: Decodable, Sendable, Equatable {
        /// starting, healthy, unhealthy; none where the HEALTHCHECK is switched off.
        public var status: String
        /// Checks that have failed in a row, but for those of the start period.
        public var failingStreak: Int
        /// The last checks, the newest at the end; null or absent where there was none.
        public var log: [Check]?

        public struct Check: Decodable, Sendable, Equatable {
            /// When it ended, by the Engine's clock.
            public var end: String
            public var exitCode: Int
            /// The beginning of what it said.
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
        /// Its image as whoever made the container has called it.
        public var image: String?
        public var hasTerminal: Bool
        /// `SIGQUIT`, `3`; absent means SIGTERM.
        public var stopSignal: String?
        /// Seconds until the stop becomes a SIGKILL; absent where nobody asked for it.
        public var stopTimeout: Int?
        /// `null` where there are none.
        public var labels: [String: String]?
        /// The HEALTHCHECK, of the image or of the options that it was made with.
        public var healthcheck: Healthcheck?

        /// Whether the Engine checks its health.
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

    /// How the Engine checks its health; times are nanoseconds, and 0 or absent means the Engine's own default.
    public struct Healthcheck: Decodable, Sendable, Equatable {
        /// `CMD …` or `CMD-SHELL …`; `NONE`, nothing or null where there is no check.
        public var test: [String]?
        public var interval: Int64?
        public var timeout: Int64?
        public var startInterval: Int64?
        public var retries: Int?

        /// Whether there is anything to be run.
        var isEffective: Bool { test?.first?.hasPrefix("CMD") ?? false }
        /// How many checks have to fail in a row.
        public var effectiveRetries: Int { retries.flatMap { $0 > 0 ? $0 : nil } ?? 3 }
        /// Nanoseconds from one check's end to the end of the next, at most.
        public var longestRound: Int64 {
            func given(_ time: Int64?) -> Int64? { time.flatMap { $0 > 0 ? $0 : nil } }
            // dockerd's defaults: 30 s both, 5 s in the start period.
            return max(given(interval) ?? 30_000_000_000, given(startInterval) ?? 0)
                .addingSaturating(given(timeout) ?? 30_000_000_000)
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
        /// The name of its runtime in the daemon's configuration.
        public var runtime: String?
        /// `default`, `bridge`, `host`, `none`, `container:ID`, or a network's name.
        public var networkMode: String?
        /// What the Engine does when the container ends; absent in old containers.
        public var restartPolicy: RestartPolicy?

        public struct RestartPolicy: Decodable, Sendable, Equatable {
            /// no, always, unless-stopped, on-failure; empty is no.
            public var name: String
            private enum CodingKeys: String, CodingKey { case name = "Name" }
        }

        /// Whether the Engine starts the container again when it has ended.
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
