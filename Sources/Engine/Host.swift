// SPDX-License-Identifier: Apache-2.0

public import Linux

/// Where the Engine listens.
public struct Host: Sendable, Equatable {
    /// The path of its Unix socket.
    public let socket: String

    /// Chooses as docker does: DOCKER_HOST, then /var/run/docker.sock, then the rootless one in $XDG_RUNTIME_DIR.
    ///
    /// - Parameters:
    ///   - environment: Where the variables are looked up.
    ///   - exists: Whether there is a file at a path.
    /// - Throws: ``EngineError/unusableHost(_:reason:)`` if DOCKER_HOST is not a Unix socket.
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
                throw .unusableHost(
                    host, reason: "the socket's path must begin with /. Use unix:///var/run/docker.sock")
            }
            return path
        }
        for scheme in ["tcp", "ssh", "npipe", "http", "https", "fd"] where host.hasPrefix("\(scheme)://") {
            throw .unusableHost(
                host,
                reason: "with \(scheme):// the container may run on another machine, where it cannot be under a unit"
                    + " of this one. Use unix:///var/run/docker.sock")
        }
        throw .unusableHost(host, reason: "not an address. Use unix:///var/run/docker.sock")
    }
}
