// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Removes a name of an image; with its last one the image, and the parents that nobody needs any more.
    ///
    /// `DELETE /images/{name}`. 404 says that it is gone already.
    ///   - Throws: a 409 where a container or another name uses it.
    public func removeImage(_ name: String) async throws(EngineError) {
        do throws(EngineError) {
            try await send(Request(.delete, "/images/\(Request.escape(name))"))
        } catch {
            guard error.isNotFound else { throw error }
        }
    }
}
