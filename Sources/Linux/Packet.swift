// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// A message of a SOCK_SEQPACKET socket and the descriptors that came with it (SCM_RIGHTS, unix(7)).
public struct Packet: ~Copyable, Sendable {
    /// The most descriptors that go with one (SCM_MAX_FD).
    public static let mostDescriptors = Int(CLinux_MOST_DESCRIPTORS)

    public let bytes: [UInt8]
    /// The other end has hung up, or has sent nothing in so many bytes.
    public var isEnd: Bool { bytes.isEmpty }
    /// Some of the bytes, or of the descriptors, are lost.
    public let isTruncated: Bool
    private var descriptors: [Int32]

    init(bytes: [UInt8], isTruncated: Bool, owning descriptors: [Int32]) {
        self.bytes = bytes
        self.isTruncated = isTruncated
        self.descriptors = descriptors
    }

    deinit { for descriptor in descriptors { _ = close(descriptor) } }

    /// Gives the descriptors away, close-on-exec: whoever takes them closes them.
    public mutating func takeDescriptors() -> [Int32] {
        defer { descriptors = [] }
        return descriptors
    }
}

extension Descriptor {
    /// Sends a packet without waiting, and with it duplicates of descriptors, at most ``Packet/mostDescriptors``.
    ///
    /// - Throws: EAGAIN where the other end does not read.
    public func send(_ bytes: [UInt8], with descriptors: [Int32] = []) throws(SystemError) {
        try system("sendmsg", on: "descriptor \(rawValue)") {
            CLinux_send_descriptors(rawValue, bytes, bytes.count, descriptors, descriptors.count)
        }
    }

    /// Reads one packet without waiting.
    ///
    /// - Throws: EAGAIN where there is none.
    public func receivePacket(upTo count: Int) throws(SystemError) -> Packet {
        var buffer = [UInt8](repeating: 0, count: count)
        var descriptors = [Int32](repeating: -1, count: Packet.mostDescriptors)
        var received = 0
        var isTruncated: Int32 = 0
        let length = try system("recvmsg", on: "descriptor \(rawValue)") {
            CLinux_receive_descriptors(rawValue, &buffer, count, &descriptors, &received, &isTruncated)
        }
        return Packet(
            bytes: Array(buffer.prefix(length)), isTruncated: isTruncated != 0,
            owning: Array(descriptors.prefix(received)))
    }
}
