// SPDX-License-Identifier: Apache-2.0

/// A link-layer address of 6, 8 or 20 bytes: `92:d0:c6:0a:29:33`, `92-d0-c6-0a-29-33`, `92d0.c60a.2933`.
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
