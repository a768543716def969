// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Describes an image, by name or ID.
    ///
    /// `GET /images/{name}/json`.
    ///   - Throws: a 404 (``EngineError/isNotFound``) where there is none.
    public func inspectImage(_ name: String) async throws(EngineError) -> Image {
        let request = Request(.get, "/images/\(Request.escape(name))/json")
        return try Self.decode(Image.self, from: try await send(request), of: request)
    }
}
