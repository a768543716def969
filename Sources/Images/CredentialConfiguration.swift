// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// The part of docker's config.json that holds credentials.
struct CredentialConfiguration: Decodable, Sendable {
    /// By registry.
    var auths: [String: Entry]?
    /// The helper that knows all registries.
    var credsStore: String?
    /// The helpers that know one each.
    var credHelpers: [String: String]?

    struct Entry: Decodable, Sendable, WritableObject {
        /// base64 of `user:password`.
        var auth: String?
        var username: String?
        var password: String?
        var identitytoken: String?
        var registrytoken: String?

        func write(to object: inout Members) {
            object.add("auth", auth)
            object.add("username", username)
            object.add("password", password)
            object.add("identitytoken", identitytoken)
            object.add("registrytoken", registrytoken)
        }
    }
}
