// SPDX-License-Identifier: Apache-2.0

/// A string that counts as not given where it is empty.
struct OptionalString: OptionValue {
    static let kind = "string"

    let text: String?

    init(option text: String) { self.text = text.isEmpty ? nil : text }
}
