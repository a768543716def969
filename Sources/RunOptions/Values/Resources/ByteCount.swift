// SPDX-License-Identifier: Apache-2.0

/// A size: `512m`, `1.5 GiB`.
struct ByteCount: OptionValue {
    static let kind = "bytes"

    let count: Int64

    init(option text: String) throws(InvalidValue) { count = try Int64(binaryUnits: text) }
}
