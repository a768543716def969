// SPDX-License-Identifier: Apache-2.0

/// A command line that cannot be carried out, in one line for the user; exit status 64 (EX_USAGE).
public struct UsageError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String

    /// Takes the whole line.
    public init(_ description: String) { self.description = description }

    init(value: String, of option: String, _ reason: InvalidValue) {
        description = "invalid value \"\(value)\" for \(option): \(reason.reason)"
    }
}

/// Why an option's value does not do; whoever knows the option makes a ``UsageError`` of it.
struct InvalidValue: Error, Equatable {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

/// A value that is written as one word of the command line.
protocol OptionValue: SendableMetatype {
    /// What the help calls such a value: `string`, `int`.
    static var kind: String { get }

    init(option text: String) throws(InvalidValue)
}

extension String: OptionValue {
    static var kind: String { "string" }

    init(option text: String) { self = text }
}
