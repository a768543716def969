// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A datagram, and its sender as the kernel reports it.
///
/// Descriptors that came with it are closed at its end: a sender that waits for that (`BARRIER=1`, sd_notify(3)) stays
/// alive as long as the datagram is held.
public struct Datagram: ~Copyable, Sendable {
    public let bytes: [UInt8]
    /// Whether it was longer than what was read.
    public let isTruncated: Bool
    public let sender: Sender
    private let descriptors: [Int32]

    init(bytes: [UInt8], isTruncated: Bool, sender: consuming Sender, owning descriptors: [Int32]) {
        self.bytes = bytes
        self.isTruncated = isTruncated
        self.sender = sender
        self.descriptors = descriptors
    }

    deinit { for descriptor in descriptors { _ = close(descriptor) } }
}
