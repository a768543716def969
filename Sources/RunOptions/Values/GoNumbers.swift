// SPDX-License-Identifier: Apache-2.0

extension Bool: OptionValue {
    static var kind: String { "bool" }

    /// Reads what Go's strconv.ParseBool reads.
    init(option text: String) throws(InvalidValue) {
        switch text {
        case "1", "t", "T", "TRUE", "true", "True": self = true
        case "0", "f", "F", "FALSE", "false", "False": self = false
        default: throw InvalidValue("neither true nor false")
        }
    }
}

extension Int: OptionValue {
    static var kind: String { "int" }

    init(option text: String) throws(InvalidValue) { self = try Self(goSyntax: text) }
}

extension Int64: OptionValue {
    static var kind: String { "int" }

    init(option text: String) throws(InvalidValue) { self = try Self(goSyntax: text) }
}

extension UInt16: OptionValue {
    static var kind: String { "uint16" }

    init(option text: String) throws(InvalidValue) { self = try Self(goSyntax: text) }
}

extension FixedWidthInteger {
    /// Reads `10`, `0x1f`, `0b11`, `0o17`, `017` and `1_000`; a sign only where there are negative numbers.
    init(goSyntax text: String) throws(InvalidValue) {
        var digits = text[...]
        var sign = ""
        if Self.isSigned, let first = digits.first, first == "-" || first == "+" {
            sign = String(digits.removeFirst())
        }
        var radix = 10
        var hasPrefix = false
        if digits.count > 1, digits.first == "0" {
            let prefixes: [(String, Int)] = [("0x", 16), ("0b", 2), ("0o", 8)]
            let (length, base) =
                prefixes.first { digits.prefix(2).lowercased() == $0.0 }.map { (2, $0.1) } ?? (1, 8)
            digits = digits.dropFirst(length)
            radix = base
            hasPrefix = true
        }
        guard let plain = digits.withoutUnderscores(afterPrefix: hasPrefix), plain.first?.isHexDigit == true else {
            throw InvalidValue("not a whole number")
        }
        guard let number = Self(sign + plain, radix: radix) else {
            let isNumber = plain.allSatisfy { $0.isASCII && $0.hexDigitValue.map { $0 < radix } == true }
            throw InvalidValue(isNumber ? "out of range" : "not a whole number")
        }
        self = number
    }

    /// Reads decimal digits; a sign only where there are negative numbers.
    init?(decimal text: some StringProtocol) {
        guard let last = text.last, last.isDigit else { return nil }
        if !Self.isSigned, text.first == "+" || text.first == "-" { return nil }
        self.init(text, radix: 10)
    }
}

extension Substring {
    /// The digits alone, if each _ stands between two of them or behind the prefix.
    func withoutUnderscores(afterPrefix: Bool) -> String? {
        var followsDigit = afterPrefix
        for character in self {
            if character == "_" {
                if !followsDigit { return nil }
                followsDigit = false
            } else {
                followsDigit = character.isHexDigit
            }
        }
        return last == "_" ? nil : filter { $0 != "_" }
    }
}

extension Character {
    /// 0 to 9, and none of the other digits that Unicode has.
    var isDigit: Bool { isASCII && isNumber }
    var isASCIIAlphanumeric: Bool { isASCII && (isLetter || isNumber) }
}
