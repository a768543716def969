// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Gives an image a name, which another image may lose by that.
    ///
    /// `POST /images/{name}/tag?repo=…&tag=…`.
    ///
    /// - Parameters:
    ///   - image: The image's name or ID.
    ///   - repository: The new name without its tag.
    ///   - tag: The new name's tag.
    /// - Throws: ``EngineError``: a 404 if there is no such image.
    public func tag(_ image: String, repository: String, tag: String) async throws(EngineError) {
        try await send(
            Request(.post, "/images/\(Request.escape(image))/tag", query: [("repo", repository), ("tag", tag)]))
    }
}
