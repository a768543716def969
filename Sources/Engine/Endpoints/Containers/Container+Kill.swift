// SPDX-License-Identifier: Apache-2.0

public import Linux

extension Client {
    /// Sends a signal to a container's PID 1.
    ///
    /// `POST /containers/{id}/kill`.
    ///
    /// - Parameters:
    ///   - container: The container's name or ID.
    ///   - signal: The signal.
    /// - Throws: ``EngineError``: a 409 if the container does not run.
    public func kill(_ container: String, _ signal: Signal) async throws(EngineError) {
        try await send(
            Request(
                .post, "/containers/\(Request.escape(container))/kill", query: [("signal", "\(signal.rawValue)")],
                timeout: .seconds(30)))
    }
}
