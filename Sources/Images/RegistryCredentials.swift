// SPDX-License-Identifier: Apache-2.0

public import Console
internal import Glibc
internal import JSON
internal import Linux
internal import RunOptions
public import Systemd

/// The credentials of docker's client: those of the unit, of the environment, or of the user that we run as.
@LoopActor
public struct RegistryCredentials {
    private let environment: [String: String]
    /// A helper that waits for somebody to type a password would wait for ever.
    private let helperTimeout: Duration

    /// - Parameters:
    ///   - environment: Ours.
    ///   - helperTimeout: How long a credential helper may take.
    public nonisolated init(environment: [String: String], helperTimeout: Duration = .seconds(30)) {
        self.environment = environment
        self.helperTimeout = helperTimeout
    }

    /// What to tell the registry of this key: `host[:port]`, or the address of the default registry's index.
    func credential(for key: String) async throws(CommandError) -> RegistryCredential {
        let credential =
            if let configuration = try unitConfiguration() {
                try await find(key, in: configuration)
            } else if let found = try entry(for: key, in: environmentConfiguration()) {
                found
            } else {
                try await find(key, in: userConfiguration())
            }
        guard var credential else { return RegistryCredential() }
        credential.serveraddress = key
        return credential
    }

    /// The credentials for all registries, as the text of a config.json; `nil` where there are none.
    ///
    ///   - complain: Called for each that cannot be had: the others are still of use.
    public func configuration(_ complain: (CommandError) -> Void) async throws(CommandError) -> [UInt8]? {
        var configuration = try unitConfiguration()
        if configuration == nil {
            let given = try environmentConfiguration()
            configuration = given.auths == nil ? userConfiguration() : given
        }
        let found = try await all(in: configuration ?? CredentialConfiguration(), complain)
        return found.isEmpty ? nil : JSON.encode(["auths": found.mapValues(\.entry)])
    }

    // MARK: Where they are

    /// `LoadCredential=docker-config:PATH` of the unit (systemd.exec(5), "Credentials").
    private func unitConfiguration() throws(CommandError) -> CredentialConfiguration? {
        guard let folder = environment["CREDENTIALS_DIRECTORY"], !folder.isEmpty else { return nil }
        let path = "\(folder)/docker-config"
        guard Files.exists(path) else { return nil }
        do {
            return try JSON.decode(CredentialConfiguration.self, from: try Files.read(path))
        } catch {
            throw CommandError("read the credential docker-config: \(error): it has to be a config.json of docker")
        }
    }

    /// DOCKER_AUTH_CONFIG, which only has `auths`.
    private func environmentConfiguration() throws(CommandError) -> CredentialConfiguration {
        guard let text = environment["DOCKER_AUTH_CONFIG"], !text.isEmpty else { return CredentialConfiguration() }
        do throws(JSONError) {
            return try JSON.decode(CredentialConfiguration.self, from: text.utf8)
        } catch {
            throw CommandError("read DOCKER_AUTH_CONFIG: \(error)")
        }
    }

    /// config.json, else the .dockercfg of old; whoever has read the options has warned of a file that is no use.
    private func userConfiguration() -> CredentialConfiguration {
        let folders = ClientConfiguration.folders(environment: environment)
        if let path = folders.configuration, Files.exists(path) {
            return (try? JSON.decode(CredentialConfiguration.self, from: Files.read(path))) ?? CredentialConfiguration()
        }
        let path = folders.home.map { "\($0)/.dockercfg" } ?? ""
        return CredentialConfiguration(
            auths: try? JSON.decode([String: CredentialConfiguration.Entry].self, from: Files.read(path)))
    }

    // MARK: What they say

    private func find(_ key: String, in configuration: CredentialConfiguration) async throws(CommandError)
        -> RegistryCredential?
    {
        if let helper = configuration.credHelpers?[key] ?? configuration.credsStore, !helper.isEmpty {
            return try await ask("docker-credential-\(helper)", for: key)
        }
        return try entry(for: key, in: configuration)
    }

    private func all(
        in configuration: CredentialConfiguration, _ complain: (CommandError) -> Void
    ) async throws(CommandError) -> [String: RegistryCredential] {
        var keys = Set((configuration.credHelpers ?? [:]).keys)
        if let store = configuration.credsStore, !store.isEmpty {
            keys.formUnion(try await list("docker-credential-\(store)"))
        } else {
            keys.formUnion((configuration.auths ?? [:]).keys)
        }
        var found: [String: RegistryCredential] = [:]
        for key in keys.sorted() {
            do throws(CommandError) {
                found[key] = try await find(key, in: configuration)
            } catch {
                if Task.isCancelled { throw error }
                complain(error)
            }
        }
        return found
    }

    private func entry(for key: String, in configuration: CredentialConfiguration) throws(CommandError)
        -> RegistryCredential?
    {
        let auths = configuration.auths ?? [:]
        // Sorted: of several keys for one host always the same one counts.
        let similar = auths.sorted { $0.key < $1.key }.first { Self.host(of: $0.key) == key }
        guard let entry = auths[key] ?? similar?.value else { return nil }
        var credential = RegistryCredential(
            username: entry.username, password: entry.password, identitytoken: entry.identitytoken,
            registrytoken: entry.registrytoken)
        if let auth = entry.auth, !auth.isEmpty {
            let parts = decodeBase64(auth)?.split(
                separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
            guard let parts, parts.count == 2 else {
                throw CommandError("read docker's credentials for \(key): \"auth\" is not base64 of user:password")
            }
            credential.username = String(decoding: parts[0], as: UTF8.self)
            credential.password = String(decoding: parts[1].filter { $0 != 0 }, as: UTF8.self)
        }
        return credential
    }

    /// A key as old clients wrote it, without its scheme and path.
    private static func host(of key: String) -> Substring {
        var host = key[...]
        for scheme in ["http://", "https://"] where host.hasPrefix(scheme) { host = host.dropFirst(scheme.count) }
        return host.prefix { $0 != "/" }
    }

    // MARK: Helpers

    /// `docker-credential-NAME get`: the key on stdin, JSON on stdout.
    private func ask(_ helper: String, for key: String) async throws(CommandError) -> RegistryCredential? {
        let attempt = "ask \(helper) for the credentials of \(key)"
        guard let output = try await run(helper, "get", input: key, attempt) else { return nil }
        struct Answer: Decodable {
            var username: String
            var secret: String
            private enum CodingKeys: String, CodingKey {
                case username = "Username"
                case secret = "Secret"
            }
        }
        let answer = try decode(Answer.self, from: output, attempt)
        // So the helpers mark a secret that is no password.
        if answer.username == "<token>" { return RegistryCredential(identitytoken: answer.secret) }
        return RegistryCredential(username: answer.username, password: answer.secret)
    }

    /// `docker-credential-NAME list`: the users' names by key, as JSON.
    private func list(_ helper: String) async throws(CommandError) -> [String] {
        let attempt = "ask \(helper) for what it keeps"
        guard let output = try await run(helper, "list", input: "", attempt) else { return [] }
        return Array(try decode([String: String].self, from: output, attempt).keys)
    }

    /// Reads a helper's answer; what is wrong with it is said without a word of it, for it may hold secrets.
    private func decode<Value: Decodable>(
        _ type: Value.Type, from output: [UInt8], _ attempt: String
    ) throws(CommandError) -> Value {
        do throws(JSONError) {
            return try JSON.decode(type, from: output)
        } catch {
            throw CommandError("\(attempt): invalid answer from the credential helper: \(error)")
        }
    }

    /// Runs a helper, and returns what it says; `nil` where it has nothing.
    private func run(
        _ helper: String, _ verb: String, input: String, _ attempt: String
    ) async throws(CommandError) -> [UInt8]? {
        let end: CommandEnd
        do {
            end = try await EventLoop.shared.command(
                [helper, verb], input: Array(input.utf8), within: helperTimeout)
        } catch let error as SystemError {
            throw CommandError("\(attempt): \(error)")
        } catch {
            throw CommandError("\(attempt): cancelled")
        }
        if end.status == .exited(0) { return end.output }
        let words = String(decoding: end.output.prefix(200), as: UTF8.self)
            .split(whereSeparator: \.isNewline).joined(separator: " ").drop { $0 == " " }
        if words == "credentials not found in native keychain" { return nil }
        // What went wrong after it had found them is no text to show.
        throw CommandError("\(attempt): \(end.status)" + (words.isEmpty || words.hasPrefix("{") ? "" : ": \(words)"))
    }
}
