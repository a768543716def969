// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// A message of a SOCK_SEQPACKET socket and the descriptors that came with it (SCM_RIGHTS, unix(7)).
public struct Packet: ~Copyable, Sendable {
    /// The most descriptors that one can carry (SCM_MAX_FD).
    public static let mostDescriptors = Int(CLinux_MOST_DESCRIPTORS)

    public let bytes: [UInt8]
    /// The other end has closed the connection, or has sent an empty packet.
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

    /// Gives up ownership of the descriptors, which are close-on-exec: the caller closes them.
    public mutating func takeDescriptors() -> [Int32] {
        defer { descriptors = [] }
        return descriptors
    }
}
