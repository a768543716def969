// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// An IP address, version 4 or 6, without a zone.
struct IPAddress: Equatable {
    /// Four bytes or sixteen.
    let bytes: [UInt8]

    /// Reads an address, by inet_pton(3).
    ///
    /// - Parameter text: `192.0.2.1`, `2001:db8::1`; anything else, host names and zones too, gives `nil`.
    init?(_ text: some StringProtocol) {
        let isVersion6 = text.contains(":")
        var bytes = [UInt8](repeating: 0, count: isVersion6 ? 16 : 4)
        // A C string would end at a NUL within the text.
        guard !text.utf8.contains(0), inet_pton(isVersion6 ? AF_INET6 : AF_INET, String(text), &bytes) == 1 else {
            return nil
        }
        self.bytes = bytes
    }

    /// The shortest form (RFC 5952) as Go writes it, and so docker; by inet_ntop(3) for the most part.
    var canonical: String {
        guard bytes.count == 16 else { return Self.text(of: bytes) }
        // glibc writes the last 32 bits of these two kinds with dots. Go writes an IPv4-mapped address as IPv4 …
        if bytes.starts(with: Array(repeating: 0, count: 10) + [0xff, 0xff]) { return Self.text(of: bytes.suffix(4)) }
        // … and an IPv4-compatible one like any other.
        let (upper, lower) = (Int(bytes[12]) << 8 | Int(bytes[13]), Int(bytes[14]) << 8 | Int(bytes[15]))
        if bytes.prefix(12).allSatisfy({ $0 == 0 }), upper != 0 {
            return "::\(String(upper, radix: 16)):\(String(lower, radix: 16))"
        }
        return Self.text(of: bytes)
    }

    private static func text(of bytes: some Collection<UInt8>) -> String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        _ = inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, Array(bytes), &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
