// SPDX-License-Identifier: Apache-2.0

/// An age in days (`30d`), as Go writes a time (`12h`), or both (`1d12h`).
struct Age: OptionValue {
    static let kind = "duration"

    let duration: Duration

    init(option text: String) throws(InvalidValue) {
        let (days, rest) = text.cut(at: "d")
        guard let rest else {
            duration = try Self.time(text)
            return
        }
        guard !days.isEmpty, days.allSatisfy(\.isDigit), let count = Int64(days) else {
            throw InvalidValue("not a time such as 30d or 12h")
        }
        guard count <= 36500 else { throw InvalidValue("more than a hundred years") }
        duration = .seconds(count * 86400) + (rest.isEmpty ? .zero : try Self.time(String(rest)))
    }

    private static func time(_ text: String) throws(InvalidValue) -> Duration {
        let nanoseconds = try GoDuration(option: text).nanoseconds
        guard nanoseconds >= 0 else { throw InvalidValue("negative") }
        return .nanoseconds(nanoseconds)
    }
}
