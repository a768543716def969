// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Reads a container's log from a point in time on, and follows it to its end.
    ///
    /// `GET /containers/{id}/logs?follow=1&stdout=1&stderr=1&timestamps=1&since=…`; the response is ``LogMessages``. A
    /// slow reader does not stop the container: the daemon reads what its log driver has stored (json-file, local,
    /// journald), or for other drivers its own cache (dockerd(8), `cache-disabled`).
    ///
    /// - Parameters:
    ///   - container: The container's name or ID.
    ///   - since: Where to begin.
    /// - Returns: The connection.
    /// - Throws: ``EngineError``: a refusal if the log cannot be read (`--log-driver none`), a 404 if there is no such
    ///   container, a 409 if it is being removed.
    public func logs(_ container: String, since: LogTime) async throws(EngineError) -> HijackedStream {
        let parts = [("follow", "1"), ("stdout", "1"), ("stderr", "1"), ("timestamps", "1"), ("since", since.query)]
        return try await readPlainly(
            Request(.get, "/containers/\(Request.escape(container))/logs", query: parts))
    }
}
