// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Removes a name of an image, and with its last name the image, but not the images that it was built on.
    ///
    /// `DELETE /images/{name}?noprune=1`. 404 means that it is gone already. Given the ID of an image that has one name,
    /// the Engine removes that name as well, even one that the image got a moment ago.
    ///
    /// - Parameter name: A tag (`nginx:1`), a digest (`nginx@sha256:…`) or an ID.
    /// - Returns: The IDs of what was deleted, the image's among them unless it has other names.
    /// - Throws: ``EngineError``: a 409 if a container or another name uses the image.
    @discardableResult
    public func removeImage(_ name: String) async throws(EngineError) -> [String] {
        struct Removal: Decodable {
            var deleted: String?
            private enum CodingKeys: String, CodingKey { case deleted = "Deleted" }
        }
        let request = Request(.delete, "/images/\(Request.escape(name))", query: [("noprune", "1")])
        do throws(EngineError) {
            return try await send(request, decoding: [Removal].self).compactMap(\.deleted)
        } catch {
            guard error.isNotFound else { throw error }
            return []
        }
    }
}
