// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Starts a container; returns when its command is executed.
    ///
    /// `POST /containers/{id}/start`. 304 means that it runs already.
    ///
    /// - Parameter container: The container's name or ID.
    /// - Throws: ``EngineError``: a 400 or 500 with the runtime's message if the command cannot be executed.
    public func start(_ container: String) async throws(EngineError) {
        try await send(Request(.post, "/containers/\(Request.escape(container))/start"))
    }
}
