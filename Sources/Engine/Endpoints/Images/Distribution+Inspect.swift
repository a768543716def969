// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Asks the registry for the digest that an image's name has there now, without a pull.
    ///
    /// `GET /distribution/{name}/json`, with `X-Registry-Auth`.
    ///
    /// - Parameters:
    ///   - name: The image's name.
    ///   - authorization: The value of `X-Registry-Auth`, base64url of JSON (API: "Authentication").
    /// - Returns: The digest.
    /// - Throws: ``EngineError``: the registry's answer as a refusal.
    public func digestInRegistry(_ name: String, authorization: String) async throws(EngineError) -> String {
        struct Distribution: Decodable {
            struct Descriptor: Decodable {
                var digest: String
            }
            var descriptor: Descriptor
            private enum CodingKeys: String, CodingKey { case descriptor = "Descriptor" }
        }
        var request = Request(.get, "/distribution/\(Request.escape(name))/json")
        request.headers = [("X-Registry-Auth", authorization)]
        return try await send(request, decoding: Distribution.self).descriptor.digest
    }
}
