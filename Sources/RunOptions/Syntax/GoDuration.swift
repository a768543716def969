// SPDX-License-Identifier: Apache-2.0

/// A time as Go's time.ParseDuration reads it: `1h2m3.5s`, `300ms`, `0`.
struct GoDuration: OptionValue {
    static let kind = "duration"

    let nanoseconds: Int64

    init(option text: String) throws(InvalidValue) {
        let malformed = InvalidValue("not a time such as 30s or 1m30s")
        var rest = text[...]
        let isNegative = rest.first == "-"
        if rest.first == "-" || rest.first == "+" { rest.removeFirst() }
        if rest == "0" {
            nanoseconds = 0
            return
        }
        guard !rest.isEmpty else { throw malformed }
        var total: Int64 = 0
        while !rest.isEmpty {
            let number = rest.prefix { $0.isDigit || $0 == "." }
            rest = rest.dropFirst(number.count)
            let name = rest.prefix { !$0.isDigit && $0 != "." }
            rest = rest.dropFirst(name.count)
            guard let unit = Self.units.first(where: { $0.name == name }) else { throw malformed }
            let (whole, fraction) = number.cut(at: ".")
            guard !whole.isEmpty || fraction?.isEmpty == false, fraction?.contains(".") != true else { throw malformed }
            guard let count = Int64(whole.isEmpty ? "0" : whole) else { throw InvalidValue("out of range") }
            let (part, tooLarge) = count.multipliedReportingOverflow(by: unit.nanoseconds)
            let decimals = Int64((Double("0.\(fraction ?? "")0") ?? 0) * Double(unit.nanoseconds))
            let (sum, overflow) = total.addingReportingOverflow(part)
            let (all, tooMuch) = sum.addingReportingOverflow(decimals)
            guard !tooLarge, !overflow, !tooMuch else { throw InvalidValue("out of range") }
            total = all
        }
        nanoseconds = isNegative ? -total : total
    }

    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("ns", 1), ("us", 1_000), ("µs", 1_000), ("μs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000),
        ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ]
}
