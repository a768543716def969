// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// What a registry is told of who we are, in the form in which the Engine wants it (API: "Authentication").
///
/// It must not get into any text that somebody reads, so it describes itself as nothing.
struct RegistryCredential: WritableObject, Sendable, Equatable, CustomStringConvertible {
    var username: String?
    var password: String?
    var serveraddress: String?
    /// For which the registry's own server gives out tokens.
    var identitytoken: String?
    /// Which the registry takes as it is.
    var registrytoken: String?

    var description: String { "credential" }

    /// As config.json has it.
    var entry: CredentialConfiguration.Entry {
        let auth = username == nil && password == nil ? nil : "\(username ?? ""):\(password ?? "")"
        return .init(
            auth: auth.map { encodeBase64($0.utf8) }, identitytoken: identitytoken, registrytoken: registrytoken)
    }

    /// `X-Registry-Auth`: base64url of JSON; `{}` for nobody in particular.
    var header: String { encodeBase64URL(JSON.encode(self)) }

    func write(to object: inout Members) {
        object.add("username", username)
        object.add("password", password)
        object.add("serveraddress", serveraddress)
        object.add("identitytoken", identitytoken)
        object.add("registrytoken", registrytoken)
    }
}
