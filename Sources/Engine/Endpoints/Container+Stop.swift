// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Stops a container: its stop signal, then SIGKILL when its own time to stop has passed; returns when it has ended.
    ///
    /// `POST /containers/{id}/stop`. 304 says that it does not run, which is as good.
    ///   - Throws: a 404 where there is no such container.
    public func stop(_ container: String) async throws(EngineError) {
        try await send(Request(.post, "/containers/\(Request.escape(container))/stop", timeoutSeconds: nil))
    }
}
