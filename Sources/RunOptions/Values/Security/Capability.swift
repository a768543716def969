// SPDX-License-Identifier: Apache-2.0

/// A capability as the kernel's headers spell it: `CAP_NET_ADMIN`; `ALL` stays as it is.
struct Capability: OptionValue {
    static let kind = "list"

    let name: String

    init(option text: String) {
        let upper = text.uppercased()
        name = upper == "ALL" || upper.hasPrefix("CAP_") ? upper : "CAP_\(upper)"
    }
}
