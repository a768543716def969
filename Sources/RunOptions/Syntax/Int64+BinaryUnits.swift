// SPDX-License-Identifier: Apache-2.0

extension Int64 {
    /// Reads a size: a number, at most one space, and a unit in any case, which is a power of 1024 however it is spelled.
    ///
    /// - Parameter text: `512m`, `1.5 GiB`, `10`; units are `b` and k m g t p, which `b` or `ib` may follow.
    /// - Throws: ``InvalidValue`` for anything else, for negative sizes, and for those beyond 2⁶³ − 1.
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
