// SPDX-License-Identifier: Apache-2.0

/// A name server's address.
struct NameServer: OptionValue {
    static let kind = "list"

    let text: String

    init(option text: String) throws(InvalidValue) {
        guard let address = IPAddress(text.trimmed) else { throw InvalidValue("not an IP address") }
        self.text = address.canonical
    }
}
