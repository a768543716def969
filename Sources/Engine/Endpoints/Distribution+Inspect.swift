// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Asks the registry for the digest that an image's name has there now; nothing is pulled.
    ///
    /// `GET /distribution/{name}/json`, with `X-Registry-Auth`.
    ///   - authorization: base64url of JSON (API: "Authentication").
    ///   - Throws: what the registry answered as a refusal.
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
        return try Self.decode(Distribution.self, from: try await send(request), of: request).descriptor.digest
    }
}
