// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Inspects a container.
    ///
    /// `GET /containers/{id}/json`.
    ///
    /// - Parameter container: The container's name or ID.
    /// - Returns: The container.
    /// - Throws: ``EngineError``: a 404 (``EngineError/isNotFound``) if there is no such container.
    public func inspect(_ container: String) async throws(EngineError) -> Container {
        let request = Request(.get, "/containers/\(Request.escape(container))/json")
        return try await send(request, decoding: Container.self)
    }
}
