// SPDX-License-Identifier: Apache-2.0

internal import Linux
internal import Systemd

/// What the variables of a unit may stand for.
struct UnitVariables {
    /// More of them, and a variable may stand for anything.
    private static let mostExpansions = 32

    private var values: [String: Set<String>] = [:]
    /// A file that was to set them cannot be read, or which one it is shows only at the start.
    private var areUnknown = false

    /// All values.
    var texts: [String] { values.values.flatMap(\.self) }

    init(of files: [UnitFile]) {
        for setting in files.flatMap(\.settings) {
            switch setting.key {
            case "Environment":
                for word in UnitFile.words(of: setting.value) { take(word) }
            case "EnvironmentFile" where !setting.value.isEmpty:
                let path = setting.value.drop { $0 == "-" }
                guard let text = try? Files.text(String(path), onlyIfRegular: true) else {
                    // A file that need not be there sets nothing where it is not.
                    areUnknown = areUnknown || !setting.value.hasPrefix("-") || path.contains { "%*?[".contains($0) }
                    continue
                }
                for line in text.split(whereSeparator: \.isNewline) {
                    take(UnitFile.words(of: line).joined(separator: " "))
                }
            default: break
            }
        }
    }

    private mutating func take(_ assignment: String) {
        guard let equals = assignment.firstIndex(of: "=") else { return }
        let name = assignment[..<equals].drop(while: \.isWhitespace)
        values[String(name), default: []].insert(String(assignment[assignment.index(after: equals)...]))
    }

    /// All that a word may become, with a `*` for each part that cannot be known.
    func expansions(of word: String) -> Set<String> {
        var texts: Set<String> = [""]
        var rest = word[...]
        while let character = rest.popFirst() {
            var pieces: Set<String> = ["\(character)"]
            if character == "%" || character == "$", rest.first == character {
                rest.removeFirst()
            } else if character == "%" {
                rest = rest.dropFirst()
                pieces = ["*"]
            } else if character == "$" {
                let hasBraces = rest.first == "{"
                if hasBraces { rest.removeFirst() }
                let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
                rest = rest.dropFirst(name.count)
                let isWhole = !hasBraces || rest.popFirst() == "}"
                pieces = isWhole && !areUnknown ? known(String(name)) : ["*"]
            }
            texts = Set(texts.flatMap { text in pieces.map { text + $0 } })
            if texts.count > Self.mostExpansions { return ["*"] }
        }
        return texts
    }

    private func known(_ name: String) -> Set<String> {
        guard let values = values[name] else { return ["*"] }
        // Specifiers are expanded in them, too; variables are not, and then it is no name.
        return Set(values.map { value in value.contains { "%$".contains($0) } ? "*" : value })
    }
}
