// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Connects a container to one more network.
    ///
    /// `POST /networks/{id}/connect`. One that does not run yet is connected when it starts.
    ///   - Throws: a 404 where there is no such network or container.
    public func connect(
        _ container: String, to network: String, as endpoint: CreateRequest.Endpoint
    ) async throws(EngineError) {
        struct Connection: Encodable {
            var container: String
            var endpoint: CreateRequest.Endpoint

            enum CodingKeys: String, CodingKey {
                case container = "Container"
                case endpoint = "EndpointConfig"
            }
        }
        var request = Request(.post, "/networks/\(Request.escape(network))/connect")
        request.body = try Self.encode(Connection(container: container, endpoint: endpoint), for: request.call)
        try await send(request)
    }
}
