// SPDX-License-Identifier: Apache-2.0

public import Linux

/// Where the Engine listens.
public struct Host: Sendable, Equatable {
    /// The path of its Unix socket.
    public let socket: String

    /// Chooses as docker does: DOCKER_HOST, else /var/run/docker.sock, else the rootless one in $XDG_RUNTIME_DIR.
    ///
    /// - Throws: when DOCKER_HOST names an Engine that we cannot use.
    public init(
        environment: [String: String], exists: (_ path: String) -> Bool = Files.exists
    ) throws(EngineError) {
        if let host = environment["DOCKER_HOST"], !host.isEmpty {
            socket = try Self.socket(of: host)
        } else if let folder = environment["XDG_RUNTIME_DIR"], !folder.isEmpty,
            !exists(Self.system), exists(folder + "/docker.sock")
        {
            socket = folder + "/docker.sock"
        } else {
            socket = Self.system
        }
    }

    private static let system = "/var/run/docker.sock"

    private static func socket(of host: String) throws(EngineError) -> String {
        if host.hasPrefix("unix://") {
            let path = String(host.dropFirst("unix://".count))
            guard path.hasPrefix("/") else {
                throw .unusableHost(host, reason: "the socket's path must begin with /: unix:///var/run/docker.sock")
            }
            return path
        }
        for scheme in ["tcp", "ssh", "npipe", "http", "https", "fd"] where host.hasPrefix("\(scheme)://") {
            throw .unusableHost(
                host,
                reason: "a container behind \(scheme):// may run on another machine, and such a one cannot be put under"
                    + " a unit of this one: use unix:///var/run/docker.sock")
        }
        throw .unusableHost(host, reason: "not an address: use unix:///var/run/docker.sock")
    }
}
