// SPDX-License-Identifier: Apache-2.0

internal import Engine
internal import JSON
internal import RunOptions

/// The label that says with what arguments a container was made, so that the next run knows whether it is still wanted.
enum ArgumentsLabel {
    static let name = "io.systemd-docker.arguments"

    /// The same text for the same arguments, whatever the Engine's version and the placement.
    ///
    /// - Parameter request: what was asked for, before anything of ours was added.
    static func value(of request: CreateRequest, platform: String?, notify: Bool) -> String {
        let text = JSON.encode(request) + "\n\(platform ?? "")\n\(notify)".utf8
        // 64 bits of FNV-1a: a mark of equality among the few runs of a unit, not a border against anybody.
        let hash = text.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
