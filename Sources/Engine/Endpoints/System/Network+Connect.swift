// SPDX-License-Identifier: Apache-2.0

internal import JSON

extension Client {
    /// Connects a container to one more network; a container that does not run is connected when it starts.
    ///
    /// `POST /networks/{id}/connect`.
    ///
    /// - Parameters:
    ///   - container: The container's name or ID.
    ///   - network: The network's name or ID.
    ///   - endpoint: The container's configuration in that network.
    /// - Throws: ``EngineError``: a 404 if there is no such network or container.
    public func connect(
        _ container: String, to network: String, as endpoint: CreateRequest.Endpoint
    ) async throws(EngineError) {
        struct Connection: WritableObject {
            var container: String
            var endpoint: CreateRequest.Endpoint

            func write(to object: inout Members) {
                object.add("Container", container)
                object.add("EndpointConfig", endpoint)
            }
        }
        var request = Request(.post, "/networks/\(Request.escape(network))/connect")
        request.body = JSON.encode(Connection(container: container, endpoint: endpoint))
        try await send(request)
    }
}
