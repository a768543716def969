// SPDX-License-Identifier: Apache-2.0

/// JSON text in which single values can be read, replaced and removed; every other byte stays as it is.
///
/// So unknown keys keep their place and numbers their digits: a decoder would read 18446744073709551615 as a
/// floating-point number and lose the order of the keys.
public struct Document: Sendable, Equatable {
    /// The present text.
    public private(set) var text: [UInt8]
    private var root: Node

    /// Reads a text.
    ///
    /// - Parameter text: JSON in UTF-8.
    /// - Throws: ``JSONError`` with the line and column of what is wrong.
    public init(_ text: some Sequence<UInt8>) throws(JSONError) {
        self.text = Array(text)
        root = try Scanner.node(of: self.text)
    }

    /// Reads a value.
    ///
    /// Of a key that occurs twice the last one counts, as it does for Go's programs.
    ///
    /// - Parameters:
    ///   - type: The type to decode.
    ///   - path: The keys that lead to the value, from the outermost object to the innermost.
    /// - Returns: The value; `nil` if it is not there.
    /// - Throws: ``JSONError`` if it does not have the type's shape.
    public func value<Value: Decodable>(
        _ type: Value.Type = Value.self, at path: String...
    ) throws(JSONError) -> Value? {
        guard let node = node(at: path) else { return nil }
        do throws(JSONError) {
            return try decode(type, from: text[node.range])
        } catch {
            throw JSONError(description: "\(Self.quoted(path)): \(error)")
        }
    }

    /// Lists the keys of an object.
    ///
    /// - Parameter path: The keys that lead to the object.
    /// - Returns: Its keys, in their order; `nil` if there is no such object.
    public func keys(at path: String...) -> [String]? { node(at: path)?.members?.map(\.key) }

    /// Sets a value: replaces it, or adds it as the last member of its object.
    ///
    /// Missing objects on the way are created. White space is that of the object's last member.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - path: The keys that lead to it.
    /// - Throws: ``JSONError`` if a value on the way is not an object.
    public mutating func set(_ value: some Writable, at path: String...) throws(JSONError) {
        let value = encode(value)
        if let node = node(at: path) { return try replace(node.range, with: value) }
        var object = root
        var depth = 0
        while depth < path.count, let next = object.member(path[depth]) {
            object = next.value
            depth += 1
        }
        guard let members = object.members, depth < path.count else {
            throw JSONError(
                description: "\(depth == 0 ? "the document" : Self.quoted(path.prefix(depth))) is not an object")
        }
        let model = members.last
        let colon = model.map { Array(text[$0.nameEnd..<$0.value.range.lowerBound]) } ?? Array(": ".utf8)
        var addition = value
        for (index, key) in path.enumerated().reversed() where index >= depth {
            addition = encode(key) + colon + addition
            if index > depth { addition = Array("{".utf8) + addition + Array("}".utf8) }
        }
        if let model {
            let end = model.value.range.upperBound
            try replace(end..<end, with: Array(",".utf8) + text[model.start..<model.nameStart] + addition)
        } else {
            try replace(object.inside, with: addition)
        }
    }

    /// Removes a value; one that is not there is no error.
    ///
    /// - Parameter path: The keys that lead to the value.
    /// - Throws: ``JSONError``.
    public mutating func remove(at path: String...) throws(JSONError) {
        guard let key = path.last else { return }
        while let object = node(at: path.dropLast()), let members = object.members,
            let index = members.lastIndex(where: { $0.key == key })
        {
            let member = members[index]
            if members.count == 1 {
                try replace(object.inside, with: [])
            } else if index + 1 < members.count {
                try replace(member.start..<members[index + 1].start, with: [])
            } else {
                // With the comma before it. The space after it belongs to the closing brace.
                try replace((member.start - 1)..<member.value.range.upperBound, with: [])
            }
        }
    }

    private mutating func replace(_ range: Range<Int>, with bytes: [UInt8]) throws(JSONError) {
        text.replaceSubrange(range, with: bytes)
        root = try Scanner.node(of: text)
    }

    private func node(at path: some Sequence<String>) -> Node? {
        var node = root
        for key in path {
            guard let next = node.member(key) else { return nil }
            node = next.value
        }
        return node
    }

    private static func quoted(_ path: some Sequence<String>) -> String { "\"\(path.joined(separator: "."))\"" }
}

/// The place of a value in a text; values in arrays are not recorded.
private struct Node: Sendable, Equatable {
    var range: Range<Int>
    /// `nil` if the value is not an object.
    var members: [Member]?

    struct Member: Sendable, Equatable {
        var key: String
        /// After the brace or the comma before it.
        var start: Int
        /// The place of its name, including the quotes.
        var nameStart: Int
        var nameEnd: Int
        var value: Node
    }

    /// The place between the braces of an object.
    var inside: Range<Int> { range.lowerBound + 1..<range.upperBound - 1 }

    func member(_ key: String) -> Member? { members?.last { $0.key == key } }
}

/// Parses JSON (RFC 8259) and finds the places of its values.
private struct Scanner {
    private let text: [UInt8]
    private var position = 0
    private var depth = 0

    static func node(of text: [UInt8]) throws(JSONError) -> Node {
        var scanner = Scanner(text: text)
        scanner.skipSpace()
        let node = try scanner.value()
        scanner.skipSpace()
        guard scanner.position == text.count else { throw scanner.error("more text after the value") }
        return node
    }

    private init(text: [UInt8]) { self.text = text }

    private var next: UInt8? { position < text.count ? text[position] : nil }

    private mutating func value() throws(JSONError) -> Node {
        let start = position
        var members: [Node.Member]?
        switch next ?? 0 {
        case UInt8(ascii: "{"): members = try object()
        case UInt8(ascii: "["): try array()
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
        default:
            guard let word = ["true", "false", "null"].first(where: { text[position...].starts(with: $0.utf8) }) else {
                throw error("no value")
            }
            position += word.utf8.count
        }
        return Node(range: start..<position, members: members)
    }

    private mutating func object() throws(JSONError) -> [Node.Member] {
        var members: [Node.Member] = []
        try elements(until: "}") { scanner throws(JSONError) in
            let start = scanner.position
            scanner.skipSpace()
            let nameStart = scanner.position
            guard scanner.next == UInt8(ascii: "\"") else { throw scanner.error("no key in quotes") }
            let key = try scanner.string()
            let nameEnd = scanner.position
            scanner.skipSpace()
            guard scanner.take(":") else { throw scanner.error("no colon after a key") }
            scanner.skipSpace()
            members.append(
                Node.Member(
                    key: key, start: start, nameStart: nameStart, nameEnd: nameEnd, value: try scanner.value()))
        }
        return members
    }

    private mutating func array() throws(JSONError) {
        try elements(until: "]") { scanner throws(JSONError) in
            scanner.skipSpace()
            _ = try scanner.value()
        }
    }

    private mutating func elements(
        until end: Unicode.Scalar, _ element: (inout Scanner) throws(JSONError) -> Void
    ) throws(JSONError) {
        depth += 1
        guard depth <= deepest else { throw error("nested deeper than \(deepest) levels") }
        defer { depth -= 1 }
        position += 1
        let first = position
        skipSpace()
        if take(end) { return }
        position = first
        while true {
            try element(&self)
            skipSpace()
            if take(end) { return }
            guard take(",") else { throw error("neither comma nor \(end)") }
        }
    }

    private mutating func string() throws(JSONError) -> String {
        let start = position
        position += 1
        var isPlain = true
        while let byte = next, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw error("a control character in a string") }
            if byte == UInt8(ascii: "\\") {
                isPlain = false
                try escape()
            } else {
                position += 1
            }
        }
        guard take("\"") else { throw error("a string without end") }
        let bytes = text[start..<position]
        return isPlain
            ? String(decoding: bytes.dropFirst().dropLast(), as: UTF8.self)
            // Half of a surrogate pair is not valid in a Swift string; it stays as it is written.
            : (try? decode(String.self, from: bytes)) ?? String(decoding: bytes, as: UTF8.self)
    }

    private mutating func escape() throws(JSONError) {
        position += 1
        guard let letter = next, "\"\\/bfnrtu".utf8.contains(letter) else { throw error("an unknown escape") }
        position += 1
        guard letter == UInt8(ascii: "u") else { return }
        for _ in 0..<4 {
            guard let digit = next, Character(Unicode.Scalar(digit)).isHexDigit else {
                throw error("not four hexadecimal digits")
            }
            position += 1
        }
    }

    private mutating func number() throws(JSONError) {
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") { try digits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try digits()
        }
    }

    private mutating func digits() throws(JSONError) {
        let start = position
        while let digit = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) { position += 1 }
        guard position > start else { throw error("a digit is missing") }
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private func error(_ reason: String) -> JSONError {
        let before = text[..<position]
        let line = 1 + before.count { $0 == UInt8(ascii: "\n") }
        // Columns count characters: skip UTF-8 continuation bytes.
        let column = 1 + before.reversed().prefix { $0 != UInt8(ascii: "\n") }.count { $0 & 0xC0 != 0x80 }
        let what = position == text.count ? "the text ends too early" : reason
        return JSONError(description: "line \(line), column \(column): \(what)")
    }
}
