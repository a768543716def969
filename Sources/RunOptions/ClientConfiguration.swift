// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import JSON
internal import Linux

/// The part of docker's config.json that concerns containers.
public struct ClientConfiguration: Decodable, Sendable, Equatable {
    /// By the Engine's address, or for all under `default`.
    var proxies: [String: Proxies]?
    var detachKeys: String?

    /// The proxies for the containers of one Engine.
    struct Proxies: Decodable, Sendable, Equatable {
        var httpProxy: String?
        var httpsProxy: String?
        var noProxy: String?
        var ftpProxy: String?
        var allProxy: String?
    }

    /// The configuration of a user without the file.
    init() {}

    /// Reads the file.
    ///
    /// - Parameter path: The file, which need not exist.
    /// - Throws: ``UnreadableFile`` for a file that exists and cannot be read.
    init(path: String) throws(UnreadableFile) {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try Files.read(path)
        } catch {
            if error.isNotFound { return }
            throw UnreadableFile(path: path, reason: error.reason)
        }
        do throws(JSONError) {
            self = try JSON.decode(Self.self, from: bytes)
        } catch {
            throw UnreadableFile(path: path, reason: error.description)
        }
    }

    /// A file that exists and cannot be read.
    struct UnreadableFile: Error {
        let path: String
        let reason: String
    }

    /// Finds the files of docker's client.
    ///
    /// - Parameter environment: Ours: DOCKER_CONFIG, HOME.
    /// - Returns: Those of this process's user.
    public static func folders(environment: [String: String]) -> Folders {
        let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? homeInUserDatabase()
        return Folders(configuration: path(environment: environment, home: { home }), home: home)
    }

    /// Where docker's client keeps its files; `nil` without a home folder.
    public struct Folders: Sendable, Equatable {
        /// config.json, which need not exist.
        public var configuration: String?
        public var home: String?
    }

    /// Finds the file.
    ///
    /// - Parameters:
    ///   - environment: Ours: DOCKER_CONFIG, HOME.
    ///   - home: The home folder for an environment without HOME, as a system unit without `User=` has it.
    /// - Returns: config.json in DOCKER_CONFIG, else in the home folder's .docker; `nil` without a home folder.
    static func path(environment: [String: String], home: () -> String?) -> String? {
        if let folder = environment["DOCKER_CONFIG"], !folder.isEmpty { return "\(folder)/config.json" }
        let own = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 }
        return (own ?? home()).map { "\($0)/.docker/config.json" }
    }

    /// The home folder that the user database names for this process's user.
    ///
    /// Only called when needed: getpwuid(3) loads libraries.
    static func homeInUserDatabase() -> String? {
        guard let entry = getpwuid(getuid()), let home = entry.pointee.pw_dir else { return nil }
        return String(cString: home)
    }

    /// The variables that tell a container its proxies, in upper and in lower case.
    ///
    /// - Parameter host: The Engine's address; empty for the default one.
    /// - Returns: Those that are not empty, sorted by name.
    func proxyVariables(host: String) -> [(name: String, value: String)] {
        let host = host.isEmpty ? "unix:///var/run/docker.sock" : host
        guard let proxies = proxies?[host] ?? proxies?["default"] else { return [] }
        let values = [
            ("ALL_PROXY", proxies.allProxy), ("FTP_PROXY", proxies.ftpProxy), ("HTTP_PROXY", proxies.httpProxy),
            ("HTTPS_PROXY", proxies.httpsProxy), ("NO_PROXY", proxies.noProxy),
        ]
        return values.flatMap { name, value in
            value.map { $0.isEmpty ? [] : [(name, $0), (name.lowercased(), $0)] } ?? []
        }
    }
}
