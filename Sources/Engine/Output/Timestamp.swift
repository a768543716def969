// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A point in time as the Engine writes it (RFC 3339): `2026-11-21T14:17:19.587279064Z`, or with the zone as `+01:00`.
///
/// The zone and the number of decimals differ between fields and releases. In a log nothing marks where the timestamp
/// ends, so it is read from the beginning of a longer text.
struct Timestamp {
    /// The length in bytes of the longest form.
    static let longest = 35

    /// Whole seconds since 1970; negative before.
    let seconds: Int64
    /// The rest, from 0 to 999 999 999.
    let nanoseconds: Int64
    /// Its length in bytes.
    let length: Int

    /// Reads a timestamp at the beginning of a text.
    ///
    /// - Returns: `nil` if there is none, if it is incomplete, or if there is no such day.
    init?(startOf text: some Collection<UInt8>) {
        var rest = text[...]
        func number(_ count: Int, _ mark: Character? = nil) -> Int64? {
            let digits = rest.prefix(count)
            rest = rest.dropFirst(count)
            guard digits.count == count, digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
            if let mark {
                guard rest.first == mark.asciiValue else { return nil }
                rest = rest.dropFirst()
            }
            // At most nine digits.
            return digits.reduce(0) { $0 * 10 + Int64($1 - 48) }
        }
        guard let year = number(4, "-"), let month = number(2, "-"), let day = number(2, "T"),
            let hour = number(2, ":"), let minute = number(2, ":"), let second = number(2)
        else { return nil }
        var fraction: Int64 = 0
        if rest.first == UInt8(ascii: ".") {
            let count = rest.dropFirst().prefix { (48...57).contains($0) }.count
            rest = rest.dropFirst()
            guard (1...9).contains(count), let digits = number(count) else { return nil }
            fraction = (count..<9).reduce(digits) { value, _ in value * 10 }
        }
        var offset: Int64 = 0
        switch rest.first {
        case UInt8(ascii: "Z"):
            rest = rest.dropFirst()
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            let sign: Int64 = rest.first == UInt8(ascii: "-") ? -1 : 1
            rest = rest.dropFirst()
            guard let hours = number(2, ":"), let minutes = number(2) else { return nil }
            offset = sign * (hours * 3600 + minutes * 60)
        default:
            return nil
        }
        var calendar = tm()
        (calendar.tm_year, calendar.tm_mon, calendar.tm_mday) = (Int32(year) - 1900, Int32(month) - 1, Int32(day))
        (calendar.tm_hour, calendar.tm_min, calendar.tm_sec) = (Int32(hour), Int32(minute), Int32(second))
        let given = calendar
        seconds = Int64(timegm(&calendar)) - offset
        // timegm(3) turns the 30th of February into the 2nd of March.
        guard
            (calendar.tm_mon, calendar.tm_mday, calendar.tm_hour, calendar.tm_min, calendar.tm_sec)
                == (given.tm_mon, given.tm_mday, given.tm_hour, given.tm_min, given.tm_sec)
        else { return nil }
        nanoseconds = fraction
        length = text.count - rest.count
    }
}
