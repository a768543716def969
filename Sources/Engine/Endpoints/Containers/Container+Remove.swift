// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Removes a container and its anonymous volumes; a container that runs is killed.
    ///
    /// `DELETE /containers/{id}?force=1&v=1`; returns when it is gone. 404 means that it is gone already, 409 that
    /// another request is removing it, which is waited for.
    public func remove(_ container: String) async throws(EngineError) {
        do throws(EngineError) {
            try await send(
                Request(
                    .delete, "/containers/\(Request.escape(container))", query: [("force", "1"), ("v", "1")]))
        } catch {
            if error.isNotFound { return }
            guard error.isConflict else { throw error }
            try await waitUntilRemoved(container)
        }
    }
}
