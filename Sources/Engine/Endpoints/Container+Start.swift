// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Starts a container; returns when its command is executed.
    ///
    /// `POST /containers/{id}/start`. 304 says that it runs already, which is as good.
    ///   - Throws: a 400 or 500 with the runtime's own words where its command cannot be executed.
    public func start(_ container: String) async throws(EngineError) {
        try await send(Request(.post, "/containers/\(Request.escape(container))/start"))
    }
}
