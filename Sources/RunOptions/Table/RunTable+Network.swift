// SPDX-License-Identifier: Apache-2.0

internal import Engine

extension RunTable {
    /// Networks, addresses, ports, names.
    static let network: [Option<CreateRequestBuilder>] = [
        .list("add-host", \ExtraHost.text, \.host.extraHosts, "Add a custom host-to-IP mapping (host:ip)"),
        .list("dns", \NameServer.text, \.host.dns, "Set custom DNS servers"),
        .list("dns-option", alias: "dns-opt", \.host.dnsOptions, "Set DNS options"),
        .list("dns-search", \SearchDomain.text, \.host.dnsSearch, "Set custom DNS search domains"),
        .list("expose", \.exposed, "Expose a port or a range of ports"),
        .value("ip", \.firstNetwork.ipv4, "IPv4 address (e.g., 172.30.100.104)"),
        .value("ip6", \.firstNetwork.ipv6, "IPv6 address (e.g., 2001:db8::33)"),
        .list("link", \Link.text, \.host.links, "Add link to another container"),
        .list("link-local-ip", \.firstNetwork.linkLocal, "Container IPv4/IPv6 link-local addresses"),
        .value(
            "mac-address", \MACAddress.text, \.firstNetwork.macAddress,
            "Container MAC address (e.g., 92:d0:c6:0a:29:33)"),
        .list("network", alias: "net", kind: "network", \.networks, "Connect a container to a network"),
        .list(
            "network-alias", alias: "net-alias", \.firstNetwork.aliases,
            "Add network-scoped alias for the container"),
        .list("publish", short: "p", \.published, "Publish a container's port(s) to the host"),
        .flag("publish-all", short: "P", \.host.publishAllPorts, "Publish all exposed ports to random ports"),
    ]
}
