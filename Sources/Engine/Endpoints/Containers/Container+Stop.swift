// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Stops a container with its stop signal, then with SIGKILL after its stop timeout; returns when it has ended.
    ///
    /// `POST /containers/{id}/stop`. 304 means that it does not run.
    ///
    /// - Parameters:
    ///   - container: The container's name or ID.
    ///   - withoutTimeout: Whether it may take as long as it needs, without SIGKILL.
    /// - Throws: ``EngineError``: a 404 if there is no such container.
    public func stop(_ container: String, withoutTimeout: Bool = false) async throws(EngineError) {
        try await send(
            Request(
                .post, "/containers/\(Request.escape(container))/stop", query: withoutTimeout ? [("t", "-1")] : [],
                timeout: nil))
    }
}
