// SPDX-License-Identifier: Apache-2.0

/// Reads a command line against a table of options.
struct OptionParser<Settings> {
    /// How options are written.
    enum Grammar {
        /// docker's today (pflag): `--name`, and letters that can be grouped after one dash.
        case posix
        /// docker's of 2014, which systemd-docker's own options keep: each name takes one dash or two.
        case singleDash
    }

    private let table: [Option<Settings>]
    private let grammar: Grammar
    /// The options given so far, in order.
    private(set) var given: [Option<Settings>] = []

    /// A parser that has read nothing.
    ///
    /// - Parameters:
    ///   - table: The options; any other is refused.
    ///   - grammar: How they are written.
    init(_ table: [Option<Settings>], grammar: Grammar = .posix) {
        self.table = table
        self.grammar = grammar
    }

    /// Reads the options at the front of a command line.
    ///
    /// - Parameters:
    ///   - words: The command line.
    ///   - settings: Gets what the options say.
    /// - Returns: The words from the first one on that is no option, or after `--`.
    /// - Throws: ``UsageError`` for an unknown option, and for a value that is missing or refused.
    mutating func parse(_ words: [String], into settings: inout Settings) throws(UsageError) -> [String] {
        var rest = words[...]
        while let word = rest.first, word.hasPrefix("-"), word != "-" {
            rest.removeFirst()
            if word == "--" { break }
            if word.hasPrefix("--") || grammar == .singleDash {
                try parseName(word, &rest, &settings)
            } else {
                try parseLetters(word, &rest, &settings)
            }
        }
        return Array(rest)
    }

    /// `--name`, `--name=value`, `--name value`.
    private mutating func parseName(
        _ word: String, _ rest: inout ArraySlice<String>, _ settings: inout Settings
    ) throws(UsageError) {
        let (text, attached) = word.dropFirst(word.hasPrefix("--") ? 2 : 1).cut(at: "=")
        let name = String(text)
        guard !name.isEmpty, !name.hasPrefix("-") else { throw UsageError("bad option syntax: \(word)") }
        guard let option = option(called: name) else { throw UsageError("unknown option \(word.cut(at: "=").0)") }
        let value: String
        if let attached { value = unquoted(attached) } else { value = try next(for: option, &rest) }
        try set(option, value, &settings)
    }

    /// `-x`, `-xyz` where x and y are flags, `-xvalue`, `-x=value`, `-x value`.
    private mutating func parseLetters(
        _ word: String, _ rest: inout ArraySlice<String>, _ settings: inout Settings
    ) throws(UsageError) {
        var letters = word.dropFirst()
        while let letter = letters.popFirst() {
            guard let option = table.first(where: { $0.short == letter }) else {
                throw UsageError(word.count == 2 ? "unknown option \(word)" : "unknown option -\(letter) in \(word)")
            }
            // As for pflag, the = is not part of the value if anything follows it.
            if letters.count > 1, letters.first == "=" {
                try set(option, String(letters.dropFirst()), &settings)
                return
            }
            if option.kind == nil {
                try set(option, "true", &settings)
                continue
            }
            let value = try letters.isEmpty ? next(for: option, &rest) : String(letters)
            try set(option, value, &settings)
            return
        }
    }

    private func option(called name: String) -> Option<Settings>? {
        table.first { option in
            option.names.contains(name) || grammar == .singleDash && option.short.map { "\($0)" } == name
        }
    }

    /// Removes a pair of quotes, as docker of 2014 did: systemd keeps quotes after a =.
    private func unquoted(_ text: Substring) -> String {
        guard grammar == .singleDash, text.count > 1, let mark = text.first, mark == "\"" || mark == "'",
            text.last == mark
        else { return String(text) }
        return String(text.dropFirst().dropLast())
    }

    /// The value of an option that came without one.
    private func next(
        for option: Option<Settings>, _ rest: inout ArraySlice<String>
    ) throws(UsageError) -> String {
        if option.kind == nil { return "true" }
        guard let value = rest.popFirst() else { throw UsageError("\(option.name) needs a value") }
        return value
    }

    private mutating func set(
        _ option: Option<Settings>, _ text: String, _ settings: inout Settings
    ) throws(UsageError) {
        do throws(InvalidValue) {
            try option.set(&settings, text)
        } catch {
            throw UsageError(value: text, of: option.name, error)
        }
        given.append(option)
    }
}
