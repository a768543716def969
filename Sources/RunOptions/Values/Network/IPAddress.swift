// SPDX-License-Identifier: Apache-2.0

/// An IP address, version 4 or 6, without a zone.
struct IPAddress: Equatable {
    /// Four bytes or sixteen.
    let bytes: [UInt8]

    init?(_ text: some StringProtocol) {
        guard let bytes = text.contains(":") ? Self.version6(Substring(text)) : Self.version4(Substring(text)) else {
            return nil
        }
        self.bytes = bytes
    }

    /// The shortest form (RFC 5952), an IPv4 address in IPv6 clothes as IPv4.
    var canonical: String {
        if bytes.count == 4 { return Self.dotted(bytes) }
        if bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10] == 0xff, bytes[11] == 0xff {
            return Self.dotted(bytes.suffix(4))
        }
        let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        var longest = 0..<0
        var start = 0
        while start < 8 {
            let end = groups[start...].firstIndex { $0 != 0 } ?? 8
            if end - start > max(longest.count, 1) { longest = start..<end }
            start = max(end, start + 1)
        }
        func text(_ groups: ArraySlice<UInt16>) -> String {
            groups.map { String($0, radix: 16) }.joined(separator: ":")
        }
        if longest.isEmpty { return text(groups[...]) }
        return text(groups[..<longest.lowerBound]) + "::" + text(groups[longest.upperBound...])
    }

    private static func dotted(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map(String.init).joined(separator: ".")
    }

    private static func version4(_ text: Substring) -> [UInt8]? {
        let parts = text.parts(at: ".")
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard part.count == 1 || !part.hasPrefix("0"), let byte = UInt8(decimal: part) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    private static func version6(_ text: Substring) -> [UInt8]? {
        let words = text.parts(at: ":")
        // Where :: stands, if it does; at either end it leaves two empty words.
        var groups: [[UInt8]] = []
        var gap: Int?
        for (place, word) in words.enumerated() {
            if word.isEmpty {
                let isEdge = place == 0 || place == words.count - 1
                if isEdge {
                    let neighbour = place == 0 ? 1 : words.count - 2
                    guard words.count > 2, words[neighbour].isEmpty else { return nil }
                    continue
                }
                guard gap == nil else { return nil }
                gap = groups.count
            } else if word.contains(".") {
                guard place == words.count - 1, let four = version4(word) else { return nil }
                groups += [Array(four.prefix(2)), Array(four.suffix(2))]
            } else {
                guard word.count <= 4, word.allSatisfy({ $0.isASCII && $0.isHexDigit }),
                    let group = UInt16(word, radix: 16)
                else { return nil }
                groups.append([UInt8(group >> 8), UInt8(group & 0xff)])
            }
        }
        guard let gap else { return groups.count == 8 ? groups.flatMap(\.self) : nil }
        guard groups.count < 8 else { return nil }
        groups.insert(contentsOf: Array(repeating: [0, 0], count: 8 - groups.count), at: gap)
        return groups.flatMap(\.self)
    }
}
