// SPDX-License-Identifier: Apache-2.0

/// A container's name as Docker accepts it: `[a-zA-Z0-9][a-zA-Z0-9_.-]+`.
struct ContainerName: OptionValue {
    static let kind = "string"

    /// Without the leading slash that docker accepts; `nil` for an empty text, where the Engine chooses a name.
    let text: String?

    init(option text: String) throws(InvalidValue) {
        let name = text.hasPrefix("/") ? text.dropFirst() : text[...]
        if text.isEmpty {
            self.text = nil
            return
        }
        guard Self.isValid(name) else {
            let rule = "a name is two or more of a-z A-Z 0-9 _ . - and starts with a letter or a digit"
            if name.contains("@") {
                throw InvalidValue("\(rule); for an instance of a template unit use --name %p-%i")
            }
            throw InvalidValue("\(rule); use --name \(Self.proposal(for: name))")
        }
        self.text = String(name)
    }

    private static func isValid(_ name: Substring) -> Bool {
        name.utf8.count > 1 && name.first?.isASCIIAlphanumeric == true
            && name.allSatisfy { $0.isASCIIAlphanumeric || "_.-".contains($0) }
    }

    /// A name that Docker accepts, with a dash for each character that it refuses.
    private static func proposal(for name: some StringProtocol) -> String {
        let clean = name.map { $0.isASCIIAlphanumeric || "_.-".contains($0) ? $0 : "-" }
        let proposal = clean.drop { !$0.isASCIIAlphanumeric }
        return isValid(Substring(proposal)) ? String(proposal) : "container-\(String(proposal))".trimmed(of: "-")
    }
}
