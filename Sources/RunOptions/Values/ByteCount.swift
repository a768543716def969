// SPDX-License-Identifier: Apache-2.0

/// A size: `512m`, `1.5 GiB`; units are powers of 1024 however they are spelled.
struct ByteCount: OptionValue {
    static let kind = "bytes"

    let count: Int64

    init(option text: String) throws(InvalidValue) { count = try Int64(binaryUnits: text) }
}

/// A size, or -1 for no limit.
struct SwapLimit: OptionValue {
    static let kind = "bytes"

    let count: Int64

    init(option text: String) throws(InvalidValue) { count = text == "-1" ? -1 : try Int64(binaryUnits: text) }
}

extension Int64 {
    /// Reads a number, at most one space, and `b` or one of k m g t p, which `b` or `ib` may follow, in any case.
    init(binaryUnits text: String) throws(InvalidValue) {
        let malformed = InvalidValue("not a size such as 512m or 1.5g")
        guard let end = text.lastIndex(where: { $0.isDigit || $0 == "." || $0 == " " }) else {
            throw malformed
        }
        let number = text[end] == " " ? text[..<end] : text[...end]
        let suffix = text[text.index(after: end)...].lowercased()
        guard let digits = Decimal(number) else { throw malformed }
        guard !digits.isNegative || digits.isZero else { throw InvalidValue("a size cannot be negative") }

        let units: [(String, Double)] = [
            ("k", 0x1p10), ("m", 0x1p20), ("g", 0x1p30), ("t", 0x1p40), ("p", 0x1p50),
        ]
        var factor = 1.0
        if !suffix.isEmpty && suffix != "b" {
            guard let unit = units.first(where: { suffix.hasPrefix($0.0) }),
                ["", "b", "ib"].contains(suffix.dropFirst())
            else { throw malformed }
            factor = unit.1
        }
        guard let size = Double(digits.text), let bytes = Int64(exactly: (size * factor).rounded(.towardZero)) else {
            throw InvalidValue("out of range")
        }
        self = bytes
    }
}

/// The text of a decimal number, taken apart: `-1_0.5e3`.
struct Decimal {
    let isNegative: Bool
    /// All digits, those behind the point too.
    let digits: String
    /// How many of them stand behind the point, less the exponent.
    let scale: Int

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
