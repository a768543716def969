// SPDX-License-Identifier: Apache-2.0

internal import Engine
internal import JSON
internal import Linux
internal import RunOptions

/// The label that says with what arguments a container was made, so that the next run knows whether it is still wanted.
enum ArgumentsLabel {
    static let name = "io.systemd-docker.arguments"

    /// The same text for the same arguments, whatever the Engine's version and the placement.
    ///
    /// - Parameter request: what was asked for, before anything of ours was added.
    static func value(of request: CreateRequest, platform: String?, notify: Bool) -> String {
        let text = JSON.encode(request) + "\n\(platform ?? "")\n\(notify)".utf8
        let digits = String(fnv1a(text), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
