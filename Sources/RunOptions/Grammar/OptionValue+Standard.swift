// SPDX-License-Identifier: Apache-2.0

extension String: OptionValue {
    static var kind: String { "string" }

    init(option text: String) { self = text }
}

extension Bool: OptionValue {
    static var kind: String { "bool" }

    /// Reads what Go's strconv.ParseBool reads.
    ///
    /// - Parameter text: One of its twelve spellings.
    /// - Throws: ``InvalidValue`` for any other text.
    init(option text: String) throws(InvalidValue) {
        switch text {
        case "1", "t", "T", "TRUE", "true", "True": self = true
        case "0", "f", "F", "FALSE", "false", "False": self = false
        default: throw InvalidValue("neither true nor false")
        }
    }
}

extension Int: OptionValue {
    static var kind: String { "int" }

    init(option text: String) throws(InvalidValue) { self = try Self(goSyntax: text) }
}

extension Int64: OptionValue {
    static var kind: String { "int" }

    init(option text: String) throws(InvalidValue) { self = try Self(goSyntax: text) }
}

extension UInt16: OptionValue {
    static var kind: String { "uint16" }

    init(option text: String) throws(InvalidValue) { self = try Self(goSyntax: text) }
}

/// A choice: the value is the name of one of its cases.
extension OptionValue where Self: RawRepresentable<String> & CaseIterable {
    static var kind: String { "string" }

    init(option text: String) throws(InvalidValue) {
        guard let value = Self(rawValue: text) else {
            throw InvalidValue("not one of \(Self.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self = value
    }
}
