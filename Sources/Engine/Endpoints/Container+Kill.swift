// SPDX-License-Identifier: Apache-2.0

public import Linux

extension Client {
    /// Sends a signal to a container's PID 1.
    ///
    /// `POST /containers/{id}/kill`.
    ///   - Throws: a 409 where it does not run.
    public func kill(_ container: String, _ signal: Signal) async throws(EngineError) {
        try await send(
            Request(
                .post, "/containers/\(Request.escape(container))/kill", query: [("signal", "\(signal.rawValue)")],
                timeoutSeconds: 30))
    }
}
