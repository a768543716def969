// SPDX-License-Identifier: Apache-2.0

/// A timeout: seconds, or a time such as `1m30s`.
struct Timeout: OptionValue {
    static let kind = "duration"

    let microseconds: UInt64

    init(option text: String) throws(InvalidValue) {
        if let seconds = UInt32(text) {
            microseconds = UInt64(seconds) * 1_000_000
        } else {
            let nanoseconds = try GoDuration(option: text).nanoseconds
            guard nanoseconds >= 0 else { throw InvalidValue("negative") }
            microseconds = UInt64(nanoseconds / 1000)
        }
    }
}
