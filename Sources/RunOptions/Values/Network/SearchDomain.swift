// SPDX-License-Identifier: Apache-2.0

/// A domain to search for short names; `.` alone searches none.
struct SearchDomain: OptionValue {
    static let kind = "list"

    let text: String

    init(option text: String) throws(InvalidValue) {
        var domain = text.trimmed(of: " ")[...]
        if domain == "." {
            self.text = "."
            return
        }
        while domain.last?.isWhitespace == true { domain.removeLast() }
        if domain.last == "." { domain.removeLast() }
        let isDomain = domain.parts(at: ".").allSatisfy { label in
            !label.isEmpty && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.allSatisfy { $0.isASCIIAlphanumeric || $0 == "-" }
        }
        guard isDomain, domain.contains(where: \.isLetter), domain.count < 255 else {
            throw InvalidValue("not a domain")
        }
        self.text = String(domain)
    }
}
