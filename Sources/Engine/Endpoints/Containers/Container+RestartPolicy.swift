// SPDX-License-Identifier: Apache-2.0

internal import JSON

extension Client {
    /// Removes a container's restart policy (`docker update --restart=no`), so that Docker does not start it again.
    ///
    /// `POST /containers/{id}/update`.
    ///
    /// - Parameter container: The container's name or ID.
    /// - Throws: ``EngineError``: a 404 (``EngineError/isNotFound``) if there is no such container.
    public func removeRestartPolicy(of container: String) async throws(EngineError) {
        var request = Request(.post, "/containers/\(Request.escape(container))/update")
        request.body = JSON.encode(["RestartPolicy": ["Name": "no"]])
        try await send(request)
    }
}
