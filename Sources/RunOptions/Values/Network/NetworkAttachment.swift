// SPDX-License-Identifier: Apache-2.0

internal import Engine

/// A network to connect to: its name, or the long form `name=…,alias=…,ip=…`.
struct NetworkAttachment: OptionValue {
    static let kind = "network"

    var name: String
    var aliases: [String] = []
    var links: [String] = []
    var ipv4 = ""
    var ipv6 = ""
    var linkLocal: [String] = []
    var macAddress = ""
    var driverOptions: [String: String] = [:]
    var gatewayPriority = 0

    init(name: String) { self.name = name }

    init(option text: String) throws(InvalidValue) {
        name = text
        if Self.isLongForm(text) {
            name = ""
            for field in try CSV.fields(of: text) { try read(field: field) }
        }
        guard !name.allSatisfy(\.isWhitespace) else { throw InvalidValue("no network name") }
    }

    /// Whether the network was made by a user, as opposed to those that every daemon has.
    var isUserDefined: Bool {
        !["default", "bridge", "host", "none"].contains(name) && !name.hasPrefix("container:")
    }

    /// The container's end of the network.
    ///
    /// - Returns: What the Engine gets.
    /// - Throws: ``UsageError`` for aliases on one of the daemon's own networks, which have no name service.
    func endpoint() throws(UsageError) -> CreateRequest.Endpoint {
        guard isUserDefined || aliases.isEmpty else {
            throw UsageError("aliases need a user-defined network, which \"\(name)\" is not")
        }
        var endpoint = CreateRequest.Endpoint()
        endpoint.aliases = aliases.isEmpty ? nil : aliases
        endpoint.links = links.isEmpty ? nil : links
        endpoint.driverOptions = driverOptions.isEmpty ? nil : driverOptions
        endpoint.macAddress = macAddress
        endpoint.gatewayPriority = gatewayPriority
        if !ipv4.isEmpty || !ipv6.isEmpty || !linkLocal.isEmpty {
            var addresses = CreateRequest.Endpoint.Addresses()
            addresses.ipv4 = ipv4.isEmpty ? nil : ipv4
            addresses.ipv6 = ipv6.isEmpty ? nil : ipv6
            addresses.linkLocal = linkLocal.isEmpty ? nil : linkLocal
            endpoint.addresses = addresses
        }
        return endpoint
    }

    /// Whether a = stands between two word characters, which is how docker tells the long form.
    private static func isLongForm(_ text: String) -> Bool {
        func isWord(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        let bytes = Array(text.utf8)
        return bytes.indices.dropFirst().dropLast().contains(where: { place in
            bytes[place] == UInt8(ascii: "=") && isWord(bytes[place - 1]) && isWord(bytes[place + 1])
        })
    }

    private mutating func read(field: String) throws(InvalidValue) {
        let (key, text) = field.lowercased().cut(at: "=")
        guard let text, !key.isEmpty else { throw InvalidValue("\"\(field)\" is not key=value") }
        let value = text.trimmed
        switch key.trimmed {
        case "name": name = value
        case "alias": aliases.append(value)
        case "ip": ipv4 = value
        case "ip6": ipv6 = value
        case "link-local-ip": linkLocal.append(value)
        case "mac-address": macAddress = try MACAddress(option: value).text
        case "driver-opt":
            let (name, setting) = value.cut(at: "=")
            guard let setting, !name.isEmpty else { throw InvalidValue("\"\(value)\" is not key=value") }
            driverOptions[name.trimmed] = setting.trimmed
        case "gw-priority":
            guard let number = Int(decimal: value) else { throw InvalidValue("gw-priority is not a whole number") }
            gatewayPriority = number
        default: throw InvalidValue("no such key: \(key)")
        }
    }
}
