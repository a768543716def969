// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Removes a container, killing it if it runs, and its anonymous volumes.
    ///
    /// `DELETE /containers/{id}?force=1&v=1`; returns when it is gone, whoever removes it. 404 says that it is gone
    /// already. 409 says that somebody else is at it: then we wait for them.
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
