// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Describes a container, by name or ID.
    ///
    /// `GET /containers/{id}/json`.
    ///   - Throws: a 404 (``EngineError/isNotFound``) where there is none.
    public func inspect(_ container: String) async throws(EngineError) -> Container {
        let request = Request(.get, "/containers/\(Request.escape(container))/json")
        return try Self.decode(Container.self, from: try await send(request), of: request)
    }
}
