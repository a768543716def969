// SPDX-License-Identifier: Apache-2.0

/// A container's name as Docker accepts it: `[a-zA-Z0-9][a-zA-Z0-9_.-]+`.
struct ContainerName: OptionValue {
    static let kind = "string"

    /// Without the slash that docker lets stand before it; `nil` where the Engine is to choose.
    let text: String?

    init(option text: String) throws(InvalidValue) {
        let name = text.hasPrefix("/") ? text.dropFirst() : text[...]
        if text.isEmpty {
            self.text = nil
            return
        }
        guard Self.isValid(name) else {
            let rule = "a name has two or more of a-z A-Z 0-9 _ . - and begins with a letter or a digit"
            if name.contains("@") {
                throw InvalidValue("\(rule); for an instance of a template unit say --name %p-%i")
            }
            throw InvalidValue("\(rule); say --name \(Self.proposal(for: name))")
        }
        self.text = String(name)
    }

    private static func isValid(_ name: Substring) -> Bool {
        name.utf8.count > 1 && name.first?.isASCIIAlphanumeric == true
            && name.allSatisfy { $0.isASCIIAlphanumeric || "_.-".contains($0) }
    }

    /// The name with a dash for each character that Docker refuses.
    private static func proposal(for name: some StringProtocol) -> String {
        let clean = name.map { $0.isASCIIAlphanumeric || "_.-".contains($0) ? $0 : "-" }
        let proposal = clean.drop { !$0.isASCIIAlphanumeric }
        return isValid(Substring(proposal)) ? String(proposal) : "container-\(String(proposal))".trimmed(of: "-")
    }
}

extension StringProtocol where SubSequence == Substring {
    /// The text without the `character`s at its ends.
    func trimmed(of character: Character) -> String {
        var rest = self[...].drop { $0 == character }
        while rest.last == character { rest.removeLast() }
        return String(rest)
    }

    /// The text without white space at its ends.
    var trimmed: String {
        var rest = self[...].drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
