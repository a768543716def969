// SPDX-License-Identifier: Apache-2.0

internal import Engine

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
            throw InvalidValue("\"\(transport)\" is not one of tcp, udp, sctp")
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

    /// An address as typed, without the brackets around it.
    private static func address(_ text: String) throws(InvalidValue) -> String {
        let bare = text.hasPrefix("[") && text.hasSuffix("]") ? text.dropFirst().dropLast() : text[...]
        guard text.isEmpty || IPAddress(bare) != nil else { throw InvalidValue("\"\(text)\" is not an IP address") }
        return String(bare)
    }
}
