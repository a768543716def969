// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Reads what a container has written since a moment once more, and follows it to its end.
    ///
    /// `GET /containers/{id}/logs?follow=1&stdout=1&stderr=1&timestamps=1&since=…`; what comes is ``LogMessages``. A
    /// slow reader stops nobody but itself: the daemon reads from what its log driver has stored (json-file, local,
    /// journald), or for other drivers from its own cache (dockerd(8), `cache-disabled`).
    ///   - Throws: a refusal where there is nothing to be read (`--log-driver none`), a 404 where there is no such
    ///     container, a 409 where it is being removed.
    public func logs(_ container: String, since: LogTime) async throws(EngineError) -> HijackedStream {
        let parts = [("follow", "1"), ("stdout", "1"), ("stderr", "1"), ("timestamps", "1"), ("since", since.query)]
        return try await readPlainly(
            Request(.get, "/containers/\(Request.escape(container))/logs", query: parts))
    }
}
