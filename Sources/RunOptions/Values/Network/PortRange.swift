// SPDX-License-Identifier: Apache-2.0

/// Ports of the container: `80`, `8000-8010`, with `/tcp`, `/udp` or `/sctp`.
struct PortRange: Equatable {
    let ports: ClosedRange<UInt16>

    /// Reads a port, or the first and the last of a range.
    ///
    /// - Parameter text: `80` or `8000-8010`; anything else gives `nil`.
    init?(_ text: some StringProtocol) {
        let parts = Substring(text).parts(at: "-")
        guard let first = UInt16(decimal: parts[0]) else { return nil }
        guard parts.count > 1 else {
            ports = first...first
            return
        }
        guard let last = UInt16(decimal: parts[1]), first <= last else { return nil }
        ports = first...last
    }

    /// Takes the protocol off a text.
    ///
    /// - Parameter text: `80/udp`.
    /// - Returns: The text before the slash and the protocol after it, `tcp` where there is no protocol.
    static func split(_ text: Substring) -> (ports: Substring, transport: Substring) {
        let parts = text.parts(at: "/")
        if parts[0].isEmpty { return ("", "") }
        return (parts[0], parts.count > 1 && !parts[1].isEmpty ? parts[1] : "tcp")
    }
}
