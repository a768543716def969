// SPDX-License-Identifier: Apache-2.0

/// A timeout: seconds, or a time such as `1m30s`.
struct Timeout: OptionValue {
    static let kind = "duration"

    let duration: Duration

    init(option text: String) throws(InvalidValue) {
        if let seconds = UInt32(text) {
            duration = .seconds(seconds)
        } else {
            let nanoseconds = try GoDuration(option: text).nanoseconds
            guard nanoseconds >= 0 else { throw InvalidValue("negative") }
            duration = .nanoseconds(nanoseconds)
        }
    }
}
