// SPDX-License-Identifier: Apache-2.0

internal import Engine

extension Draft {
    /// The networks: the first is the container's mode, and --ip, --link and the like speak of it.
    mutating func finishNetworks() throws(UsageError) {
        var all = networks.isEmpty ? [NetworkAttachment(name: "default")] : networks
        all[0] = try all[0].merged(with: firstNetwork, links: host.links ?? [])
        host.networkMode = all[0].name

        for network in all {
            guard request.networkingConfig.endpoints[network.name] == nil else {
                throw UsageError("the network \"\(network.name)\" is given twice")
            }
            request.networkingConfig.endpoints[network.name] = try network.endpoint()
        }
        guard all.allSatisfy(\.isUserDefined) || !all.contains(where: \.isUserDefined) else {
            throw UsageError("user-defined networks and those of the daemon cannot be combined")
        }
        // One network that is only named: the mode says it all.
        if networks.count == 1, request.networkingConfig.endpoints[all[0].name] == CreateRequest.Endpoint() {
            request.networkingConfig.endpoints = [:]
        }
    }
}

extension NetworkAttachment {
    /// The network with what the options for the first one add; neither may say what the other says.
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
