// SPDX-License-Identifier: Apache-2.0

public import Engine

extension ContainerOptions {
    /// What an Engine is asked for before the start.
    public struct Creation: Sendable, Equatable {
        public var request: CreateRequest
        /// Networks that the request cannot name: to be connected to, in this order, once the container is there.
        public var connections: [Connection]
    }

    /// A network, and the container's end of it.
    public struct Connection: Sendable, Equatable {
        public var network: String
        public var endpoint: CreateRequest.Endpoint
    }

    /// The request in the form that an Engine of this version takes.
    public func creation(for version: APIVersion) -> Creation {
        var creation = Creation(request: request, connections: [])
        // Older Engines take one network at creation and pass over the others.
        if let several = APIVersion("1.44"), version < several {
            for network in networks.dropFirst() {
                guard let endpoint = creation.request.networkingConfig.endpoints.removeValue(forKey: network) else {
                    continue
                }
                creation.connections.append(Connection(network: network, endpoint: endpoint))
            }
        }
        if let withoutKernelMemory = APIVersion("1.42"), version >= withoutKernelMemory {
            creation.request.hostConfig.kernelMemory = nil
        }
        return creation
    }
}
