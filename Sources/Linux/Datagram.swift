// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// A datagram and the kernel's word on who sent it.
///
/// Descriptors that came with it are closed with it: a sender that waits for that (`BARRIER=1`, sd_notify(3)) lives as
/// long as the datagram is held.
public struct Datagram: ~Copyable, Sendable {
    public let bytes: [UInt8]
    /// It was longer than what was read.
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

/// The process that has sent a datagram, which may have ended since.
public struct Sender: ~Copyable, Sendable {
    /// Its number when it sent; 0 where it is in a PID namespace that we do not see into.
    public let process: Int32
    /// A pidfd of the very process that has sent (SCM_PIDFD, Linux 6.5); -1 where the kernel gives none.
    private let handle: Int32
    /// Whether the pidfd is the kernel's word, not only opened by number.
    private let isProved: Bool

    /// Takes over the pidfd that came with a datagram, or opens one by the number.
    ///
    /// By number it is a guess: a process that is gone may have left it to another one.
    init(process: Int32, owning handle: Int32) {
        self.process = process
        isProved = handle >= 0
        self.handle = handle >= 0 ? handle : process > 0 ? CLinux_pidfd_open(process) : -1
    }

    deinit { if handle >= 0 { _ = close(handle) } }

    /// The ID of the version 2 cgroup that it is in, or was in when it ended; `nil` where the kernel does not tell.
    ///
    /// PIDFD_GET_INFO tells it of a living process since Linux 6.13, of one that has ended since 6.15. The ID is the
    /// inode number of the cgroup's folder.
    public var cgroup: UInt64? {
        var id: UInt64 = 0
        return isProved && CLinux_pidfd_cgroup(handle, &id) == 1 ? id : nil
    }

    /// What becomes of a process.
    public enum State: Sendable {
        case running
        /// It has ended, and its number is still its own.
        case ended
        /// Its number may be another process's by now.
        case reaped
    }

    /// Asks the kernel how it is with the process now.
    public var state: State {
        guard handle >= 0 else { return .reaped }
        // Signal 0 only asks; EPERM means that it is there, and not ours.
        if CLinux_pidfd_send_signal(handle, 0) == -1, errno != EPERM { return .reaped }
        var ready = pollfd(fd: handle, events: Int16(POLLIN), revents: 0)
        return poll(&ready, 1, 0) == 1 ? .ended : .running
    }
}

extension Descriptor {
    /// A socket of datagrams in the file system.
    ///
    /// - Parameters:
    ///   - path: Where; nothing may be there, and nobody else may put anything there (``Folder/place(of:)``).
    ///   - mode: Who may send, of those who may enter the folders around it.
    /// - Returns: The socket.
    /// - Throws: EADDRINUSE where something is there.
    public static func datagramSocket(at path: String, mode: UInt32) throws(SystemError) -> Descriptor {
        let socket = Descriptor(
            owning: try system("socket", on: path) {
                Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            })
        try SocketAddress.path(path).withPointer { pointer, length throws(SystemError) in
            try system("bind", on: path) { bind(socket.rawValue, pointer, length) }
        }
        try system("chmod", on: path) { chmod(path, mode) }
        return socket
    }

    /// Has the kernel tell with each datagram of this socket who sent it.
    public func passSender() throws(SystemError) {
        try system("setsockopt", on: "descriptor \(rawValue)") { CLinux_pass_sender(rawValue) }
    }

    /// Reads one datagram of a socket that passes its senders (``passSender()``), without waiting (unix(7)).
    ///
    /// - Parameter count: The most bytes that are read; the rest of a longer one is lost.
    /// - Returns: The datagram, with its sender as it was when it sent.
    /// - Throws: EAGAIN where there is none.
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
