// SPDX-License-Identifier: Apache-2.0

extension FixedWidthInteger {
    /// Reads a whole number as Go's strconv does with base 0.
    ///
    /// - Parameter text: `10`, `0x1f`, `0b11`, `0o17`, `017` or `1_000`; a sign only for types with negative numbers.
    /// - Throws: ``InvalidValue`` for anything else, and for numbers that the type does not hold.
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

    /// Reads decimal digits.
    ///
    /// - Parameter text: The digits; a sign only for types with negative numbers. anything else gives `nil`.
    init?(decimal text: some StringProtocol) {
        guard let last = text.last, last.isDigit else { return nil }
        if !Self.isSigned, text.first == "+" || text.first == "-" { return nil }
        self.init(text, radix: 10)
    }
}

extension Substring {
    /// Drops the underscores that Go allows in numbers: between two digits, and after the prefix.
    ///
    /// - Parameter afterPrefix: Whether the text follows a prefix such as `0x`.
    /// - Returns: The digits alone; `nil` where an underscore is misplaced.
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
