// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Removes a name of an image; with its last one the image, but not those that it was built on.
    ///
    /// `DELETE /images/{name}?noprune=1`. 404 says that it is gone already. Given an image's ID, the Engine removes its
    /// only name, too, also one that it got a moment ago.
    ///
    /// - Parameter name: A tag (`nginx:1`), a digest (`nginx@sha256:…`) or an ID.
    /// - Returns: The IDs of what is gone with it: the image's among them, unless it has other names.
    /// - Throws: ``EngineError``: a 409 where a container or another name uses it.
    @discardableResult
    public func removeImage(_ name: String) async throws(EngineError) -> [String] {
        struct Removal: Decodable {
            var deleted: String?
            private enum CodingKeys: String, CodingKey { case deleted = "Deleted" }
        }
        let request = Request(.delete, "/images/\(Request.escape(name))", query: [("noprune", "1")])
        do throws(EngineError) {
            return try Self.decode([Removal].self, from: try await send(request), of: request).compactMap(\.deleted)
        } catch {
            guard error.isNotFound else { throw error }
            return []
        }
    }
}
