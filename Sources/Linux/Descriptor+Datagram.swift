// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

extension Descriptor {
    /// A socket of datagrams in the file system.
    ///
    /// - Parameters:
    ///   - path: Where, in a folder that no other user can write to (``Folder/place(of:)``).
    ///   - mode: Which of the users that can enter the folders above it may send.
    /// - Returns: The socket.
    /// - Throws: EADDRINUSE where the path exists.
    public static func datagramSocket(at path: String, mode: UInt32) throws(SystemError) -> Descriptor {
        let socket = Descriptor(
            owning: try system("socket", on: path) {
                Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            })
        try socket.bind(to: UnixAddress.path(path))
        try system("chmod", on: path) { chmod(path, mode) }
        return socket
    }

    /// Makes the kernel add the sender to each datagram of this socket.
    public func passSender() throws(SystemError) {
        try system("setsockopt", on: "descriptor \(rawValue)") { CLinux_pass_sender(rawValue) }
    }

    /// Reads one datagram of a socket that passes its senders (``passSender()``), without waiting (unix(7)).
    ///
    /// - Parameter count: The most bytes that are read; the rest of a longer one is lost.
    /// - Returns: The datagram, with its sender as it was when it sent.
    /// - Throws: EAGAIN where none has come.
    public func receive(upTo count: Int) throws(SystemError) -> Datagram {
        var buffer = [UInt8](repeating: 0, count: count)
        var descriptors = [Int32](repeating: -1, count: Packet.mostDescriptors)
        var received = 0
        var (process, handle, isTruncated): (Int32, Int32, Int32) = (0, -1, 0)
        let length = try system("recvmsg", on: "descriptor \(rawValue)") {
            CLinux_receive_from(rawValue, &buffer, count, &process, &handle, &descriptors, &received, &isTruncated)
        }
        return Datagram(
            bytes: Array(buffer.prefix(length)), isTruncated: isTruncated != 0,
            sender: Sender(process: process, owning: handle), owning: Array(descriptors.prefix(received)))
    }
}
