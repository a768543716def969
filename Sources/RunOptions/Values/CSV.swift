// SPDX-License-Identifier: Apache-2.0

/// The first line of comma-separated values, as Go's encoding/csv reads it; empty lines before it are none.
func fields(ofCSV text: String) throws(InvalidValue) -> [String] {
    var rest = text.drop(while: \.isLineEnd)
    guard !rest.isEmpty else { throw InvalidValue("empty") }
    // A carriage return at the very end belongs to no field.
    if rest.last == "\r" { rest.removeLast() }
    var fields: [String] = []
    while true {
        var field = ""
        if rest.first == "\"" {
            rest.removeFirst()
            while true {
                guard let character = rest.popFirst() else { throw InvalidValue("a quote is not closed") }
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
        } else {
            field = String(rest.prefix { $0 != "," && !$0.isLineEnd })
            guard !field.contains("\"") else { throw InvalidValue("a quote in the middle of a field") }
            rest = rest.dropFirst(field.count)
        }
        fields.append(field)
        guard rest.popFirst() == "," else { return fields }
    }
}

extension Character {
    /// What ends a line for Go: a line feed, with or without a carriage return.
    fileprivate var isLineEnd: Bool { self == "\n" || self == "\r\n" }
}

extension Dictionary where Key == String, Value == String {
    /// The pairs of `key=value` words; a word without = is a key with an empty value, and the last of a key counts.
    init(pairs words: some Sequence<String>) {
        self.init()
        for word in words {
            let (key, value) = word.cut(at: "=")
            self[String(key)] = String(value ?? "")
        }
    }
}
