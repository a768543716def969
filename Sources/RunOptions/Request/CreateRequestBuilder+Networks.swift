// SPDX-License-Identifier: Apache-2.0

internal import Engine

/// Networks and ports.
extension CreateRequestBuilder {
    /// The first network is the container's mode, and the one that `--ip`, `--link` and the like belong to.
    func addNetworks(to request: inout CreateRequest) throws(UsageError) {
        var all = networks.isEmpty ? [NetworkAttachment(name: "default")] : networks
        all[0] = try all[0].merged(with: firstNetwork, links: request.hostConfig.links ?? [])
        request.hostConfig.networkMode = all[0].name

        for network in all {
            guard request.networkingConfig.endpoints[network.name] == nil else {
                throw UsageError("the network \"\(network.name)\" is given twice")
            }
            request.networkingConfig.endpoints[network.name] = try network.endpoint()
        }
        guard all.allSatisfy(\.isUserDefined) || !all.contains(where: \.isUserDefined) else {
            throw UsageError("user-defined networks cannot be combined with bridge, host, none or container:NAME")
        }
        // Of a single network that is only named the mode says everything.
        if networks.count == 1, request.networkingConfig.endpoints[all[0].name] == CreateRequest.Endpoint() {
            request.networkingConfig.endpoints = [:]
        }
    }

    func addPorts(to request: inout CreateRequest) {
        var exposedPorts: [String: CreateRequest.Empty] = [:]
        var bindings: [String: [CreateRequest.PortBinding]] = [:]
        for (port, binding) in published.flatMap(\.bindings) {
            exposedPorts[port] = .init()
            bindings[port, default: []].append(binding)
        }
        request.hostConfig.portBindings = bindings
        for port in exposed.flatMap(\.ports) { exposedPorts[port] = .init() }
        request.exposedPorts = exposedPorts.isEmpty ? nil : exposedPorts
    }
}

extension NetworkAttachment {
    /// The network with what the options for the first network add; neither may repeat a setting of the other.
    fileprivate func merged(with first: Self, links: [String]) throws(UsageError) -> Self {
        var network = self
        try Self.merge(&network.aliases, first.aliases, "--network-alias", "alias")
        try Self.merge(&network.linkLocal, first.linkLocal, "--link-local-ip", "link-local-ip")
        try Self.merge(&network.ipv4, first.ipv4, "--ip", "ip")
        try Self.merge(&network.ipv6, first.ipv6, "--ip6", "ip6")
        try Self.merge(&network.macAddress, first.macAddress, "--mac-address", "mac-address")
        // On the default bridge a link is the container's, not the endpoint's.
        if isUserDefined { network.links = links }
        return network
    }

    private static func merge<Value: Collection>(
        _ own: inout Value, _ other: Value, _ option: String, _ key: String
    ) throws(UsageError) {
        if other.isEmpty { return }
        guard own.isEmpty else { throw UsageError("\(option) and \(key)= in --network contradict each other") }
        own = other
    }
}
