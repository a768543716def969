// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Stops a container: its stop signal, then SIGKILL when its own time to stop has passed; returns when it has ended.
    ///
    /// `POST /containers/{id}/stop`. 304 says that it does not run, which is as good.
    ///
    /// - Parameters:
    ///   - container: Its name or ID.
    ///   - isPatient: It has as long as it takes, with no SIGKILL.
    /// - Throws: a 404 where there is no such container.
    public func stop(_ container: String, isPatient: Bool = false) async throws(EngineError) {
        try await send(
            Request(
                .post, "/containers/\(Request.escape(container))/stop", query: isPatient ? [("t", "-1")] : [],
                timeoutSeconds: nil))
    }
}
