// SPDX-License-Identifier: Apache-2.0

public import Engine

/// What an Engine of an older API can do.
extension ContainerOptions {
    /// An option, or a setting inside one, with the oldest API that has it.
    struct NewOption: Sendable, Equatable {
        let name: String
        let since: APIVersion
    }

    /// What an Engine is asked for before the start.
    public struct Creation: Sendable, Equatable {
        public var request: CreateRequest
        /// Networks that the request cannot name: to be connected to, in this order, once the container is created.
        public var connections: [Connection]
    }

    /// A network, and the container's end of it.
    public struct Connection: Sendable, Equatable {
        public var network: String
        public var endpoint: CreateRequest.Endpoint
    }

    /// The request in the form of an API.
    ///
    /// - Parameter version: The Engine's.
    /// - Returns: The request, and what has to follow it.
    public func creation(for version: APIVersion) -> Creation {
        var creation = Creation(request: request, connections: [])
        // Older Engines take one network at creation and ignore the others.
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

    /// Refuses what an Engine would silently ignore.
    ///
    /// - Parameter version: The Engine's.
    /// - Throws: ``UsageError`` with the option or setting, and the API that has it.
    public func check(against version: APIVersion) throws(UsageError) {
        for option in newOptions + request.newSettings where option.since > version {
            throw UsageError("\(option.name) needs API version \(option.since), Docker here has \(version)")
        }
    }
}

extension CreateRequest {
    /// Settings inside options that older Engines ignore.
    fileprivate var newSettings: [ContainerOptions.NewOption] {
        let endpoints = networkingConfig.endpoints.values
        let mounts = hostConfig.mounts ?? []
        let settings: [(name: String, since: String, isUsed: Bool)] = [
            ("a network's MAC address", "1.44", endpoints.contains { !$0.macAddress.isEmpty }),
            ("a network's gw-priority", "1.48", endpoints.contains { $0.gatewayPriority != 0 }),
            (
                "bind-recursive=readonly", "1.44",
                mounts.contains { $0.bindOptions?.readOnlyForceRecursive == true }
            ),
            ("volume-subpath", "1.45", mounts.contains { $0.volumeOptions?.subpath != nil }),
            ("a mount of type=image", "1.48", mounts.contains { $0.type == "image" }),
        ]
        return settings.filter(\.isUsed).compactMap { setting in
            APIVersion(setting.since).map { ContainerOptions.NewOption(name: setting.name, since: $0) }
        }
    }
}
