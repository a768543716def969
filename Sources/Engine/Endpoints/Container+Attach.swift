// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Connects to a container's stdout and stderr, and to its stdin if asked to.
    ///
    /// `POST /containers/{id}/attach?stream=1&…`. Before the start: then its first byte is there, whatever its log
    /// driver is. The output is framed (``OutputFrames``) unless the container has a terminal.
    ///   - detachKeys: What typed on a terminal lets go of the container: `ctrl-p,ctrl-q`, which is also the default.
    ///   - Throws: a 404 where there is no such container, a 409 where it is paused.
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
