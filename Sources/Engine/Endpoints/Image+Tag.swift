// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Gives an image a name; an image that had it loses it.
    ///
    /// `POST /images/{name}/tag?repo=…&tag=…`.
    ///   - image: By name or ID.
    ///   - repository: The name without its tag.
    ///   - Throws: a 404 where there is no such image.
    public func tag(_ image: String, repository: String, tag: String) async throws(EngineError) {
        try await send(
            Request(.post, "/images/\(Request.escape(image))/tag", query: [("repo", repository), ("tag", tag)]))
    }
}
