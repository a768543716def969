// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import JSON
internal import Linux

/// What docker's config.json says of containers; a field that is missing says nothing.
public struct ClientConfiguration: Decodable, Sendable, Equatable {
    /// By the Engine's address, or `default`.
    var proxies: [String: Proxies]?
    var detachKeys: String?

    /// The proxies that containers of one Engine use.
    struct Proxies: Decodable, Sendable, Equatable {
        var httpProxy: String?
        var httpsProxy: String?
        var noProxy: String?
        var ftpProxy: String?
        var allProxy: String?
    }

    /// Says nothing.
    init() {}

    /// Reads a file; one that is not there says nothing.
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

    /// A file that is there and does not help.
    struct UnreadableFile: Error {
        let path: String
        let reason: String
    }

    /// Where docker's client of this process's user keeps its files; `nil` without a home.
    public static func folders(environment: [String: String]) -> Folders {
        let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? homeInUserDatabase()
        return Folders(configuration: path(environment: environment, home: { home }), home: home)
    }

    /// Where docker's client keeps its files.
    public struct Folders: Sendable, Equatable {
        /// config.json, which need not be there.
        public var configuration: String?
        public var home: String?
    }

    /// Where the file is: in `$DOCKER_CONFIG`, else in the home folder's .docker; `nil` without a home.
    ///
    ///   - home: for an environment without HOME, as that of a system unit without `User=`.
    static func path(environment: [String: String], home: () -> String?) -> String? {
        if let folder = environment["DOCKER_CONFIG"], !folder.isEmpty { return "\(folder)/config.json" }
        let own = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 }
        return (own ?? home()).map { "\($0)/.docker/config.json" }
    }

    /// The home folder that the user database names for this process's user.
    ///
    /// Asked only where it is needed: getpwuid(3) loads libraries.
    static func homeInUserDatabase() -> String? {
        guard let entry = getpwuid(getuid()), let home = entry.pointee.pw_dir else { return nil }
        return String(cString: home)
    }

    /// The variables that tell a container of its proxies, in upper and in lower case.
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
