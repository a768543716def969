// SPDX-License-Identifier: Apache-2.0

/// A setting for the storage driver: `size=120G`.
struct StorageOption: OptionValue {
    static let kind = "list"

    let text: String

    init(option text: String) throws(InvalidValue) {
        guard text.contains("=") else { throw InvalidValue("not key=value") }
        self.text = text
    }
}
