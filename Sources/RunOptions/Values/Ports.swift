// SPDX-License-Identifier: Apache-2.0

internal import Engine

/// Ports of the container: `80`, `8000-8010`, with `/tcp`, `/udp` or `/sctp`.
struct PortRange: Equatable {
    let ports: ClosedRange<UInt16>

    /// Reads a port, or two with a - between them.
    init?(_ text: some StringProtocol) {
        let parts = Substring(text).parts(at: "-")
        guard let first = UInt16(decimal: parts[0]) else { return nil }
        guard parts.count > 1 else {
            ports = first...first
            return
        }
        guard let last = UInt16(decimal: parts[1]), first <= last else { return nil }
        ports = first...last
    }

    /// The text before the slash and the protocol behind it, tcp if there is none.
    static func split(_ text: Substring) -> (ports: Substring, transport: Substring) {
        let parts = text.parts(at: "/")
        if parts[0].isEmpty { return ("", "") }
        return (parts[0], parts.count > 1 && !parts[1].isEmpty ? parts[1] : "tcp")
    }
}

/// A port to publish: `[ip:][host[-host]:]container[-container][/protocol]`, or `published=,target=,protocol=`.
struct PublishedPorts: OptionValue {
    static let kind = "list"

    /// Each port of the container, and where the host publishes it.
    let bindings: [(port: String, binding: CreateRequest.PortBinding)]

    init(option text: String) throws(InvalidValue) {
        let short = try text.contains("=") ? Self.shortForm(of: text) : text
        let fields = short.parts(at: ":")
        let (container, transport) = PortRange.split(fields[fields.count - 1])
        let host = fields.count > 1 ? fields[fields.count - 2] : ""
        let address = try Self.address(fields.dropLast(2).joined(separator: ":"))

        guard !container.isEmpty else { throw InvalidValue("no container port") }
        guard let inside = PortRange(container)?.ports else {
            throw InvalidValue("\"\(container)\" is not a port or a range of ports")
        }
        let outside = PortRange(host)?.ports
        guard outside != nil || host.isEmpty else {
            throw InvalidValue("\"\(host)\" is not a port or a range of ports")
        }
        guard outside == nil || outside?.count == inside.count || inside.count == 1 else {
            throw InvalidValue("the ranges \(host) and \(container) differ in length")
        }
        guard ["tcp", "udp", "sctp"].contains(transport.lowercased()) else {
            throw InvalidValue("\"\(transport)\" is none of tcp, udp, sctp")
        }
        bindings = inside.enumerated().map { place, port in
            var hostPort = ""
            if let outside {
                hostPort = "\(Int(outside.lowerBound) + place)"
                if inside.count == 1, outside.count > 1 { hostPort += "-\(outside.upperBound)" }
            }
            return (
                "\(port)/\(transport.lowercased())",
                CreateRequest.PortBinding(hostIP: address, hostPort: hostPort)
            )
        }
    }

    private static func shortForm(of text: String) throws(InvalidValue) -> String {
        var values = ["protocol": "tcp"]
        for word in text.parts(at: ",") {
            let (key, value) = word.cut(at: "=")
            guard let value, !key.isEmpty else { throw InvalidValue("\"\(word)\" is not name=value") }
            values[String(key)] = String(value)
        }
        return "\(values["published"] ?? ""):\(values["target"] ?? "")/\(values["protocol"] ?? "")"
    }

    /// An address as typed, but for the brackets around it.
    private static func address(_ text: String) throws(InvalidValue) -> String {
        let bare = text.hasPrefix("[") && text.hasSuffix("]") ? text.dropFirst().dropLast() : text[...]
        guard text.isEmpty || IPAddress(bare) != nil else { throw InvalidValue("\"\(text)\" is not an IP address") }
        return String(bare)
    }
}

/// Ports that the container listens on, without publishing them: `80`, `8000-8010/udp`.
struct ExposedPorts: OptionValue {
    static let kind = "list"

    let ports: [String]

    init(option text: String) throws(InvalidValue) {
        let (range, transport) = PortRange.split(text[...])
        guard let ports = PortRange(range)?.ports else { throw InvalidValue("not a port or a range of ports") }
        self.ports = ports.map { "\($0)/\(transport)" }
    }
}
