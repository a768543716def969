// SPDX-License-Identifier: Apache-2.0

/// A command line that cannot be carried out, in one line for the user; exit status 64 (EX_USAGE).
public struct UsageError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String

    /// An error with this text.
    ///
    /// - Parameter description: The whole line.
    public init(_ description: String) { self.description = description }

    /// An option's value that is refused.
    ///
    /// - Parameters:
    ///   - value: As typed.
    ///   - option: With its dashes; or the environment variable that the value is from.
    ///   - error: Why it is refused.
    init(value: String, of option: String, _ error: InvalidValue) {
        description = "invalid value \"\(value)\" for \(option): \(error.reason)"
    }
}
