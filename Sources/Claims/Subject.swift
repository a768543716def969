// SPDX-License-Identifier: Apache-2.0

internal import Linux

/// What a supervisor owns: a container of one Engine, by its ID or by its name.
public struct Subject: Sendable, Equatable {
    let container: String
    let engine: String

    /// Names what is to be owned.
    ///
    /// - Parameters:
    ///   - container: Its full ID, or its name, which can be owned before the container exists.
    ///   - engine: The path of the Engine's socket, without links: two Engines may know the same names.
    public init(container: String, engine: String) {
        self.container = container
        self.engine = engine
    }

    /// At most 57 bytes: a name may have any length, but the path of a socket only 107 (unix(7)).
    var fileName: String {
        let safe = container.utf8.prefix(40).map { byte -> UInt8 in
            let isSafe =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || [UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-")].contains(byte)
            return isSafe ? byte : UInt8(ascii: "_")
        }
        let hash = fnv1a("\(engine)\0\(container)".utf8)
        return "\(String(hash, radix: 16))-\(String(decoding: safe, as: UTF8.self))"
    }
}
