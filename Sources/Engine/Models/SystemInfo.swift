// SPDX-License-Identifier: Apache-2.0

/// The Engine's description of itself: the fields that we need.
public struct SystemInfo: Decodable, Sendable, Equatable {
    /// `systemd`, `cgroupfs` or `none`.
    public var cgroupDriver: String
    /// By name; `runc` is always among them.
    public var runtimes: [String: Runtime]
    /// The name of the runtime of containers that request none.
    public var defaultRuntime: String
    /// Whether the daemon runs as a user other than root.
    public var isRootless: Bool
    /// The address of the default registry's index, the key of its credentials in docker's config.json.
    public var indexServer: String

    /// An OCI runtime of the daemon's configuration.
    public struct Runtime: Decodable, Sendable, Equatable {
        /// The executable, as the daemon's configuration names it; empty for a containerd shim, which does not have
        /// runc's command line.
        public var path: String
        /// The arguments that precede all others.
        public var arguments: [String]

        public init(path: String, arguments: [String] = []) {
            self.path = path
            self.arguments = arguments
        }

        public init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            path = try values.decodeIfPresent(String.self, forKey: .path) ?? ""
            arguments = try values.decodeIfPresent([String].self, forKey: .arguments) ?? []
        }

        private enum CodingKeys: String, CodingKey {
            case path
            case arguments = "runtimeArgs"
        }
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        cgroupDriver = try values.decode(String.self, forKey: .cgroupDriver)
        runtimes = try values.decodeIfPresent([String: Runtime].self, forKey: .runtimes) ?? [:]
        defaultRuntime = try values.decodeIfPresent(String.self, forKey: .defaultRuntime) ?? ""
        let security = try values.decodeIfPresent([String].self, forKey: .security) ?? []
        isRootless = security.contains("name=rootless")
        indexServer = try values.decodeIfPresent(String.self, forKey: .indexServer) ?? ""
    }

    private enum CodingKeys: String, CodingKey {
        case cgroupDriver = "CgroupDriver"
        case runtimes = "Runtimes"
        case defaultRuntime = "DefaultRuntime"
        case security = "SecurityOptions"
        case indexServer = "IndexServerAddress"
    }
}
