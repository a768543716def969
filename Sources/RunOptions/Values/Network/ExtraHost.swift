// SPDX-License-Identifier: Apache-2.0

/// A line for the container's /etc/hosts: `name:address` or `name=address`.
struct ExtraHost: OptionValue {
    static let kind = "list"

    let text: String

    init(option text: String) throws(InvalidValue) {
        let (name, value) = text.cut(at: text.contains("=") ? "=" : ":")
        guard var value, !name.isEmpty, !name.contains(":") else { throw InvalidValue("not name:address") }
        if value != "host-gateway" {
            if value.count > 2, value.hasPrefix("["), value.hasSuffix("]") { value = value.dropFirst().dropLast() }
            guard IPAddress(value.trimmed) != nil else { throw InvalidValue("\"\(value)\" is not an IP address") }
        }
        self.text = "\(name):\(value)"
    }
}
