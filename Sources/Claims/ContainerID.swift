// SPDX-License-Identifier: Apache-2.0

/// A container's full ID: 64 hexadecimal digits, and so nothing that could lead a path elsewhere.
public struct ContainerID: Sendable, Equatable, CustomStringConvertible {
    public let text: String

    /// `nil` for anything else, such as a short ID.
    public init?(_ text: String) {
        guard text.utf8.count == 64, text.utf8.allSatisfy(Self.isDigit) else { return nil }
        self.text = text
    }

    /// As Docker shortens it.
    public var description: String { String(text.prefix(12)) }

    /// As Docker writes them, in small letters.
    static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
