// SPDX-License-Identifier: Apache-2.0

/// An environment variable: `NAME=value`, or `NAME` alone for the value that our own environment has.
struct Variable: OptionValue {
    static let kind = "list"

    let text: String

    init(option text: String) throws(InvalidValue) {
        guard !text.isEmpty, !text.hasPrefix("=") else { throw InvalidValue("no name before the =") }
        self.text = text
    }

    var name: String { String(text.cut(at: "=").0) }

    /// What the Engine gets: the variable with its value, or the bare name, which removes the image's.
    func resolved(in environment: [String: String]) -> String {
        if text.contains("=") { return text }
        return environment[text].map { "\(text)=\($0)" } ?? text
    }
}

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

/// `key=value` where the = may not be missing.
struct Pair: OptionValue {
    static let kind = "list"

    let text: String

    init(option text: String) throws(InvalidValue) {
        guard text.contains("=") else { throw InvalidValue("not key=value") }
        self.text = text
    }
}
