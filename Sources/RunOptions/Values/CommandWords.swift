// SPDX-License-Identifier: Apache-2.0

/// A command line, split as a shell would split it that expands nothing.
struct CommandWords: OptionValue {
    static let kind = "string"

    let words: [String]

    /// Blanks part words; single quotes keep all that is between them, double quotes all but `\"` and `\\`, and a
    /// backslash outside of quotes keeps the next character.
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
                guard let next = rest.popFirst() else { throw InvalidValue("nothing behind the last backslash") }
                word = (word ?? "") + String(next)
            case (let quoted?, let end) where quoted == end:
                quote = nil
            case (_, let plain):
                word = (word ?? "") + String(plain)
            }
        }
        guard quote == nil else { throw InvalidValue("a quote that is not closed") }
        if let word { words.append(word) }
        guard words.first?.isEmpty == false else { throw InvalidValue("no command") }
        self.words = words
    }
}
