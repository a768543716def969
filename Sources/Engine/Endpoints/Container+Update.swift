// SPDX-License-Identifier: Apache-2.0

internal import JSON

extension Client {
    /// Takes a container's restart policy away (`docker update --restart=no`): Docker leaves it alone when it has ended.
    ///
    /// `POST /containers/{id}/update`.
    ///
    /// - Parameter container: Its name or ID.
    /// - Throws: a 404 (``EngineError/isNotFound``) where there is none.
    public func forgetRestartPolicy(of container: String) async throws(EngineError) {
        var request = Request(.post, "/containers/\(Request.escape(container))/update")
        request.body = JSON.encode(["RestartPolicy": ["Name": "no"]])
        try await send(request)
    }
}
