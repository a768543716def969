// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// A datagram and the kernel's word on who sent it.
public struct Datagram: Sendable {
    public var bytes: [UInt8]
    /// The sender's process; 0 where it is out of our sight.
    public var sender: Int32
    /// It was longer than what was read.
    public var isTruncated: Bool
}

extension Descriptor {
    /// Reads one datagram of a socket with SO_PASSCRED, without waiting (unix(7)).
    ///
    /// - Throws: EAGAIN where there is none.
    public func receive(upTo count: Int) throws(SystemError) -> Datagram {
        var buffer = [UInt8](repeating: 0, count: count)
        var sender: Int32 = 0
        var isTruncated: Int32 = 0
        let length = try system("recvmsg", on: "descriptor \(rawValue)") {
            CLinux_receive_from(rawValue, &buffer, count, &sender, &isTruncated)
        }
        return Datagram(bytes: Array(buffer.prefix(length)), sender: sender, isTruncated: isTruncated != 0)
    }
}
