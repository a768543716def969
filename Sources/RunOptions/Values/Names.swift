// SPDX-License-Identifier: Apache-2.0

/// Another container to be found by name: `container`, `container:alias`.
struct Link: OptionValue {
    static let kind = "list"

    let text: String

    init(option text: String) throws(InvalidValue) {
        guard !text.isEmpty else { throw InvalidValue("no container") }
        guard text.parts(at: ":").count < 3 else { throw InvalidValue("not container:alias") }
        self.text = text
    }
}

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

/// A name server's address.
struct NameServer: OptionValue {
    static let kind = "list"

    let text: String

    init(option text: String) throws(InvalidValue) {
        guard let address = IPAddress(text.trimmed) else { throw InvalidValue("not an IP address") }
        self.text = address.canonical
    }
}

/// A domain to search for short names; `.` alone searches none.
struct SearchDomain: OptionValue {
    static let kind = "list"

    let text: String

    init(option text: String) throws(InvalidValue) {
        var domain = text.trimmed(of: " ")[...]
        if domain == "." {
            self.text = "."
            return
        }
        while domain.last?.isWhitespace == true { domain.removeLast() }
        if domain.last == "." { domain.removeLast() }
        let isDomain = domain.parts(at: ".").allSatisfy { label in
            !label.isEmpty && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.allSatisfy { $0.isASCIIAlphanumeric || $0 == "-" }
        }
        guard isDomain, domain.contains(where: \.isLetter), domain.count < 255 else {
            throw InvalidValue("not a domain")
        }
        self.text = String(domain)
    }
}

/// A link-layer address: `92:d0:c6:0a:29:33`, with - or as `92d0.c60a.2933`, of 6, 8 or 20 bytes.
struct MACAddress: OptionValue {
    static let kind = "string"

    /// As typed.
    let text: String

    init(option text: String) throws(InvalidValue) {
        guard text.isEmpty || Self.isValid(text.trimmed) else { throw InvalidValue("not a MAC address") }
        self.text = text
    }

    private static func isValid(_ text: String) -> Bool {
        for (separator, digits) in [(Character(":"), 2), ("-", 2), (".", 4)] where text.contains(separator) {
            let parts = text.parts(at: separator)
            return [6, 8, 20].contains(parts.count * digits / 2)
                && parts.allSatisfy { $0.count == digits && $0.allSatisfy { $0.isASCII && $0.isHexDigit } }
        }
        return false
    }
}
