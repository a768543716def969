// SPDX-License-Identifier: Apache-2.0

/// A number of CPUs, in billionths: `1.5`, `15e-1`, `3/2`.
struct CPUCount: OptionValue {
    static let kind = "decimal"

    let billionths: Int64

    /// Reads a number of CPUs, exactly.
    ///
    /// - Parameter text: A decimal number or a fraction.
    /// - Throws: ``InvalidValue`` for anything else, and for a number that is not a whole number of billionths.
    init(option text: String) throws(InvalidValue) {
        let (dividend, divisor) = text.cut(at: "/")
        var numerator: Int128
        var denominator: Int128 = 1
        if let divisor {
            guard let first = divisor.first, first.isHexDigit else { throw Self.malformed }
            numerator = Int128(try Int64(goSyntax: String(dividend)))
            denominator = Int128(try Int64(goSyntax: String(divisor)))
            guard denominator != 0 else { throw Self.malformed }
        } else {
            guard let decimal = Decimal(dividend) else { throw Self.malformed }
            var digits = decimal.digits[...]
            var scale = decimal.scale
            while digits.count > 1, digits.last == "0" {
                digits.removeLast()
                scale -= 1
            }
            if decimal.isZero { scale = 0 }
            guard scale <= 9 else { throw Self.tooPrecise }
            guard scale > -18, let number = Int128(digits) else { throw InvalidValue("out of range") }
            numerator = decimal.isNegative ? -number : number
            for _ in 0..<max(scale, 0) { denominator *= 10 }
            for _ in 0..<max(-scale, 0) {
                let (product, overflow) = numerator.multipliedReportingOverflow(by: 10)
                guard !overflow else { throw InvalidValue("out of range") }
                numerator = product
            }
        }
        let (product, overflow) = numerator.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { throw InvalidValue("out of range") }
        guard product % denominator == 0 else { throw Self.tooPrecise }
        guard let billionths = Int64(exactly: product / denominator) else { throw InvalidValue("out of range") }
        self.billionths = billionths
    }

    private static let malformed = InvalidValue("not a number such as 1.5")
    private static let tooPrecise = InvalidValue("more than nine decimal places")
}
