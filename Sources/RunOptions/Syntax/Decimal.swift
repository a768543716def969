// SPDX-License-Identifier: Apache-2.0

/// A decimal number taken apart: `-1_0.5e3`.
struct Decimal {
    let isNegative: Bool
    /// All digits, before and after the decimal point.
    let digits: String
    /// How many of them are decimal places, less the exponent.
    let scale: Int

    /// Reads a number as Go writes it.
    ///
    /// - Parameter text: The number; anything else, and an exponent beyond ±9999, gives `nil`.
    init?(_ text: some StringProtocol) {
        var rest = Substring(text)
        let sign = rest.first.flatMap { $0 == "-" || $0 == "+" ? rest.popFirst() : nil }
        let (mantissa, exponent) = rest.cut(at: rest.contains("E") ? "E" : "e")
        var power = 0
        if let exponent {
            guard let plain = exponent.withoutUnderscores(afterPrefix: false), let number = Int(decimal: plain),
                (-9999...9999).contains(number)
            else { return nil }
            power = number
        }
        let (whole, fraction) = mantissa.cut(at: ".")
        guard let whole = whole.withoutUnderscores(afterPrefix: false),
            let fraction = (fraction ?? "").withoutUnderscores(afterPrefix: false)
        else { return nil }
        digits = whole + fraction
        guard !digits.isEmpty, digits.allSatisfy(\.isDigit) else { return nil }
        isNegative = sign == "-"
        scale = fraction.count - power
    }

    var isZero: Bool { digits.allSatisfy { $0 == "0" } }

    /// The number in the form that Swift reads.
    var text: String { "\(isNegative ? "-" : "")\(digits)e\(-scale)" }
}
