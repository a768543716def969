// SPDX-License-Identifier: Apache-2.0

/// A command line, split into words as a shell does, without any expansion.
struct CommandWords: OptionValue {
    static let kind = "string"

    let words: [String]

    /// Splits a command line.
    ///
    /// - Parameter text: Blanks separate words. Single quotes keep everything between them, double quotes everything but
    ///   `\"` and `\\`; a backslash outside quotes keeps the next character.
    /// - Throws: ``InvalidValue`` for an unclosed quote, a backslash at the end, and where there is no command.
    init(option text: String) throws(InvalidValue) {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var rest = text[...]
        while let character = rest.popFirst() {
            switch (quote, character) {
            case (nil, "\""), (nil, "'"):
                quote = character
                word = word ?? ""
            case (nil, " "), (nil, "\t"), (nil, "\n"):
                if let word { words.append(word) }
                word = nil
            case (nil, "\\"),
                ("\"", "\\") where rest.first == "\"" || rest.first == "\\":
                guard let next = rest.popFirst() else { throw InvalidValue("nothing after the last backslash") }
                word = (word ?? "") + String(next)
            case (let quoted?, let end) where quoted == end:
                quote = nil
            case (_, let plain):
                word = (word ?? "") + String(plain)
            }
        }
        guard quote == nil else { throw InvalidValue("unclosed quote") }
        if let word { words.append(word) }
        guard words.first?.isEmpty == false else { throw InvalidValue("no command") }
        self.words = words
    }
}
