// SPDX-License-Identifier: Apache-2.0

/// Another container that this one finds by name: `container`, `container:alias`.
struct Link: OptionValue {
    static let kind = "list"

    let text: String

    init(option text: String) throws(InvalidValue) {
        guard !text.isEmpty else { throw InvalidValue("no container") }
        guard text.parts(at: ":").count < 3 else { throw InvalidValue("not container:alias") }
        self.text = text
    }
}
