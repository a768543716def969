// SPDX-License-Identifier: Apache-2.0

/// An environment variable: `NAME=value`, or `NAME` alone for the value in our own environment.
struct Variable: OptionValue {
    static let kind = "list"

    let text: String

    init(option text: String) throws(InvalidValue) {
        guard !text.isEmpty, !text.hasPrefix("=") else { throw InvalidValue("no name before the =") }
        self.text = text
    }

    var name: String { String(text.cut(at: "=").0) }

    /// What the Engine gets.
    ///
    /// - Parameter environment: Where a bare name takes its value from.
    /// - Returns: The variable with its value; a bare name that is not in the environment removes the image's variable.
    func resolved(in environment: [String: String]) -> String {
        if text.contains("=") { return text }
        return environment[text].map { "\(text)=\($0)" } ?? text
    }
}
