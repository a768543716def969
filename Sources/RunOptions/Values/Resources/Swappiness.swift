// SPDX-License-Identifier: Apache-2.0

/// The value of `--memory-swappiness`: 0 to 100, or -1 for the host's.
struct Swappiness: OptionValue {
    static let kind = "int"

    let percent: Int64

    init(option text: String) throws(InvalidValue) {
        percent = try Int64(option: text)
        guard percent == -1 || (0...100).contains(percent) else { throw InvalidValue("neither -1 nor from 0 to 100") }
    }
}
