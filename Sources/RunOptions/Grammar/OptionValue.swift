// SPDX-License-Identifier: Apache-2.0

/// A value that is written as one word of the command line.
protocol OptionValue: SendableMetatype {
    /// What the help calls such a value: `string`, `int`.
    static var kind: String { get }

    /// Reads the value.
    ///
    /// - Parameter text: The word.
    /// - Throws: ``InvalidValue`` with the reason why it is refused.
    init(option text: String) throws(InvalidValue)
}

/// Why a value is refused; the parser, which knows the option, makes a ``UsageError`` of it.
struct InvalidValue: Error, Equatable {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}
