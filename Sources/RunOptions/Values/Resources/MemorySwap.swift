// SPDX-License-Identifier: Apache-2.0

/// The limit of `--memory-swap`: a size, or -1 for no limit.
struct MemorySwap: OptionValue {
    static let kind = "bytes"

    let bytes: Int64

    init(option text: String) throws(InvalidValue) { bytes = text == "-1" ? -1 : try Int64(binaryUnits: text) }
}
