// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Connects to a container's stdout and stderr, and to its stdin if asked to.
    ///
    /// `POST /containers/{id}/attach?stream=1&…`. If it is attached to before its start, all its output comes, whatever
    /// its log driver is. The output is framed (``OutputFrames``) unless the container has a terminal.
    ///
    /// - Parameters:
    ///   - container: The container's name or ID.
    ///   - withInput: Whether its stdin is connected as well.
    ///   - detachKeys: The keys that detach from it if they are typed on a terminal; the default is `ctrl-p,ctrl-q`.
    /// - Returns: The connection.
    /// - Throws: ``EngineError``: a 404 if there is no such container, a 409 if it is paused.
    public func attach(_ container: String, withInput: Bool, detachKeys: String? = nil) async throws(EngineError)
        -> HijackedStream
    {
        let streams = ["stream", "stdout", "stderr"] + (withInput ? ["stdin"] : [])
        return try await hijack(
            Request(
                .post, "/containers/\(Request.escape(container))/attach",
                query: streams.map { ($0, "1") } + (detachKeys.map { [("detachKeys", $0)] } ?? [])))
    }
}
