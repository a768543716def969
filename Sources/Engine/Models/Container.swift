// SPDX-License-Identifier: Apache-2.0

/// What the Engine knows of a container; of many fields, those that we ask for.
public struct Container: Decodable, Sendable, Equatable {
    public var id: String
    public var state: State
    public var config: Config
    public var hostConfig: HostConfig

    public struct State: Decodable, Sendable, Equatable {
        /// created, running, paused, restarting, removing, exited, dead.
        public var status: String
        public var isRunning: Bool
        /// PID 1 of the container, as the daemon's own PID namespace numbers it; 0 while it does not run.
        public var process: Int32
        public var exitCode: Int

        private enum CodingKeys: String, CodingKey {
            case status = "Status"
            case isRunning = "Running"
            case process = "Pid"
            case exitCode = "ExitCode"
        }
    }

    public struct Config: Decodable, Sendable, Equatable {
        public var hasTerminal: Bool
        /// `SIGQUIT`, `3`; absent means SIGTERM.
        public var stopSignal: String?
        /// Seconds until the stop becomes a SIGKILL; absent where nobody asked for it.
        public var stopTimeout: Int?

        private enum CodingKeys: String, CodingKey {
            case hasTerminal = "Tty"
            case stopSignal = "StopSignal"
            case stopTimeout = "StopTimeout"
        }
    }

    public struct HostConfig: Decodable, Sendable, Equatable {
        public var removesItself: Bool
        public var cgroupParent: String
        /// The name of its runtime in the daemon's configuration.
        public var runtime: String?

        private enum CodingKeys: String, CodingKey {
            case removesItself = "AutoRemove"
            case cgroupParent = "CgroupParent"
            case runtime = "Runtime"
        }
    }

    private enum CodingKeys: String, CodingKey {
        case id = "Id"
        case state = "State"
        case config = "Config"
        case hostConfig = "HostConfig"
    }
}
