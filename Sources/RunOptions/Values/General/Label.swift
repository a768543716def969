// SPDX-License-Identifier: Apache-2.0

/// A label: `key=value`, or `key` for an empty value.
struct Label: OptionValue {
    static let kind = "list"

    let text: String

    init(option text: String) throws(InvalidValue) {
        let key = text.cut(at: "=").0.drop { $0 == " " || $0 == "\t" }
        guard !key.isEmpty else { throw InvalidValue("no name before the =") }
        guard !key.contains(where: { $0 == " " || $0 == "\t" }) else { throw InvalidValue("white space in the name") }
        self.text = text
    }
}
