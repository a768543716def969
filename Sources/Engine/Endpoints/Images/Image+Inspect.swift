// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Inspects an image.
    ///
    /// `GET /images/{name}/json`.
    ///
    /// - Parameter name: The image's name or ID.
    /// - Returns: The image.
    /// - Throws: ``EngineError``: a 404 (``EngineError/isNotFound``) if there is no such image.
    public func inspectImage(_ name: String) async throws(EngineError) -> Image {
        let request = Request(.get, "/images/\(Request.escape(name))/json")
        return try await send(request, decoding: Image.self)
    }
}
