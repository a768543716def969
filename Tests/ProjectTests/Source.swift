// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A file of a module, as far as it can be understood without a compiler.
struct Source: Sendable {
    /// From the top of the checkout.
    let path: String
    /// Its text without comments and without what stands in strings, interpolations aside.
    let code: String

    init(path: String, text: String) {
        self.path = path
        var scanner = Scanner(text)
        code = scanner.code()
    }

    /// Its name without `.swift`.
    var name: String { path.split(separator: "/").last.map { String($0.dropLast(".swift".count)) } ?? "" }
    /// What it is an extension file of, as `UnitGroup` is of `UnitGroup+Removal.swift`; else its name.
    var subject: String { name.split(separator: "+").first.map(String.init) ?? name }

    /// Something that is declared at the top level: a type, a function, or an extension of one.
    struct Declaration: Sendable {
        enum Kind: Sendable { case type, value, aspect }
        let kind: Kind
        /// Of an aspect (an extension) the last part of what it extends.
        let name: String
        let isPrivate: Bool
        /// All of it, up to the next one.
        let text: Substring
    }

    /// All of them, in order.
    var declarations: [Declaration] {
        let pattern =
            /(?m)^(?:@\w+(?:\([^)]*\))?\s+)*((?:(?:public|package|internal|final|nonisolated|indirect|private|fileprivate) )*)(class|struct|enum|actor|protocol|typealias|func|let|var|extension) +([\w.]+)/
        let matches = code.matches(of: pattern)
        return zip(matches, matches.dropFirst().map(\.range.lowerBound) + [code.endIndex]).map { match, end in
            let kind: Declaration.Kind =
                switch match.output.2 {
                case "extension": .aspect
                case "func", "let", "var": .value
                default: .type
                }
            return Declaration(
                kind: kind, name: match.output.3.split(separator: ".").last.map(String.init) ?? "",
                isPrivate: match.output.1.contains("private"), text: code[match.range.lowerBound..<end])
        }
    }

    /// All that is declared in it, at any depth: types, functions, properties, cases, and what initializers take first.
    var names: Set<String> {
        let pattern =
            /\b(?:class|struct|enum|actor|protocol|typealias|func|let|var|case|init\(|init\?\(|extension) *([\w.]+)/
        return Set(code.matches(of: pattern).map { String($0.output.1) })
    }

    /// The words in a piece of code that are not members of something (`a.b`).
    static func words(in code: some StringProtocol) -> Set<Substring> {
        var words: Set<Substring> = []
        let text = Substring(code)
        var before: Character = " "
        var start: Substring.Index?
        for index in text.indices {
            let isPart = text[index].isLetter || text[index].isNumber || text[index] == "_"
            if isPart, start == nil, before != "." { start = index }
            if isPart, start == nil { continue }
            if !isPart {
                if let begin = start { words.insert(text[begin..<index]) }
                start = nil
                before = text[index]
            }
        }
        if let start { words.insert(text[start...]) }
        return words
    }
}

/// Takes comments and strings out of Swift code.
private struct Scanner {
    private var rest: Substring
    private var result = ""

    init(_ text: String) { rest = text[...] }

    mutating func code() -> String {
        scan(until: nil)
        return result
    }

    /// Reads code up to the end, or to the parenthesis that ends an interpolation.
    private mutating func scan(until end: Character?) {
        var depth = 0
        while let character = rest.first {
            if rest.hasPrefix("//") {
                rest = rest.drop { $0 != "\n" }
                continue
            }
            if rest.hasPrefix("/*") {
                skipComment()
                continue
            }
            let hashes = rest.prefix { $0 == "#" }.count
            if rest.dropFirst(hashes).first == "\"" {
                skipString(hashes)
                continue
            }
            rest.removeFirst()
            if character == "(" { depth += 1 }
            if character == ")" {
                if depth == 0, end == character { return }
                depth -= 1
            }
            result.append(character)
        }
    }

    private mutating func skipComment() {
        var depth = 0
        repeat {
            if rest.hasPrefix("/*") {
                depth += 1
                rest = rest.dropFirst(2)
            } else if rest.hasPrefix("*/") {
                depth -= 1
                rest = rest.dropFirst(2)
            } else {
                rest = rest.dropFirst()
            }
        } while depth > 0 && !rest.isEmpty
    }

    private mutating func skipString(_ hashes: Int) {
        let mark = String(repeating: "#", count: hashes)
        rest = rest.dropFirst(hashes)
        let quote = rest.hasPrefix("\"\"\"") ? "\"\"\"" : "\""
        rest = rest.dropFirst(quote.count)
        result.append("\"\"")
        while !rest.isEmpty {
            if rest.hasPrefix(quote + mark) {
                rest = rest.dropFirst(quote.count + hashes)
                return
            }
            if rest.hasPrefix("\\" + mark + "(") {
                rest = rest.dropFirst(hashes + 2)
                result.append(" ")
                scan(until: ")")
                result.append(" ")
            } else if rest.hasPrefix("\\" + mark) {
                rest = rest.dropFirst(hashes + 2)
            } else {
                rest = rest.dropFirst()
            }
        }
    }
}
