// SPDX-License-Identifier: Apache-2.0

/// Reads a command line against a table of options, with the grammar of docker's flag library (pflag).
struct OptionParser<Settings> {
    let table: [Option<Settings>]
    /// The options given so far, in order.
    private(set) var given: [Option<Settings>] = []

    init(_ table: [Option<Settings>]) { self.table = table }

    /// Sets what the options at the front of `words` say, and returns the words from the first other one on.
    mutating func parse(_ words: [String], into settings: inout Settings) throws(UsageError) -> [String] {
        var rest = words[...]
        while let word = rest.first, word.hasPrefix("-"), word != "-" {
            rest.removeFirst()
            if word == "--" { break }
            if word.hasPrefix("--") {
                try parseLong(word, &rest, &settings)
            } else {
                try parseShort(word, &rest, &settings)
            }
        }
        return Array(rest)
    }

    /// `--name`, `--name=value`, `--name value`.
    private mutating func parseLong(
        _ word: String, _ rest: inout ArraySlice<String>, _ settings: inout Settings
    ) throws(UsageError) {
        let (text, attached) = word.dropFirst(2).cut(at: "=")
        let name = String(text)
        guard !name.isEmpty, !name.hasPrefix("-") else { throw UsageError("bad option syntax: \(word)") }
        guard let option = table.first(where: { $0.names.contains(name) }) else {
            throw UsageError("unknown option --\(name)")
        }
        let value: String
        if let attached { value = String(attached) } else { value = try next(for: option, &rest) }
        try set(option, value, &settings)
    }

    /// `-x`, `-xyz` where x and y are flags, `-xvalue`, `-x=value`, `-x value`.
    private mutating func parseShort(
        _ word: String, _ rest: inout ArraySlice<String>, _ settings: inout Settings
    ) throws(UsageError) {
        var letters = word.dropFirst()
        while let letter = letters.popFirst() {
            guard let option = table.first(where: { $0.short == letter }) else {
                throw UsageError(word.count == 2 ? "unknown option \(word)" : "unknown option -\(letter) in \(word)")
            }
            // One = goes, if anything follows it.
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

    /// The value of an option that came without one.
    private func next(
        for option: Option<Settings>, _ rest: inout ArraySlice<String>
    ) throws(UsageError) -> String {
        if option.kind == nil { return "true" }
        guard let value = rest.popFirst() else { throw UsageError("\(option.name) needs a value") }
        return value
    }

    mutating func set(_ option: Option<Settings>, _ text: String, _ settings: inout Settings) throws(UsageError) {
        do throws(InvalidValue) {
            try option.set(&settings, text)
        } catch {
            throw UsageError(value: text, of: option.name, error)
        }
        given.append(option)
    }
}
