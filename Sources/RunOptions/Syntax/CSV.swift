// SPDX-License-Identifier: Apache-2.0

/// Comma-separated values, as Go's encoding/csv reads them.
enum CSV {
    /// Reads the first line that is not empty.
    ///
    /// - Parameter text: The text of an option.
    /// - Returns: The line's fields, without the quotes around them.
    /// - Throws: ``InvalidValue`` for a text without a line, and for misplaced quotes.
    static func fields(of text: String) throws(InvalidValue) -> [String] {
        var rest = text.drop(while: \.isLineEnd)
        guard !rest.isEmpty else { throw InvalidValue("empty") }
        // A carriage return at the very end belongs to no field.
        if rest.last == "\r" { rest.removeLast() }
        var fields: [String] = []
        while true {
            fields.append(rest.first == "\"" ? try quotedField(&rest) : try plainField(&rest))
            guard rest.popFirst() == "," else { return fields }
        }
    }

    private static func quotedField(_ rest: inout Substring) throws(InvalidValue) -> String {
        var field = ""
        rest.removeFirst()
        while true {
            guard let character = rest.popFirst() else { throw InvalidValue("unclosed quote") }
            if character != "\"" {
                field.append(character == "\r\n" ? "\n" : character)
            } else if rest.first == "\"" {
                field.append(rest.removeFirst())
            } else {
                break
            }
        }
        guard rest.first.map({ $0 == "," || $0.isLineEnd }) ?? true else {
            throw InvalidValue("text after a closing quote")
        }
        return field
    }

    private static func plainField(_ rest: inout Substring) throws(InvalidValue) -> String {
        let field = String(rest.prefix { $0 != "," && !$0.isLineEnd })
        guard !field.contains("\"") else { throw InvalidValue("quote in the middle of a field") }
        rest = rest.dropFirst(field.count)
        return field
    }
}

extension Character {
    /// What ends a line for Go: a line feed, with or without a carriage return.
    fileprivate var isLineEnd: Bool { self == "\n" || self == "\r\n" }
}
