// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// The process that sent a datagram, and which may have ended since.
public struct Sender: ~Copyable, Sendable {
    /// Its number when it sent; 0 where it is in a PID namespace that cannot be seen from here.
    public let process: Int32
    /// A pidfd of the sending process (SCM_PIDFD, Linux 6.5); -1 where there is none.
    private let handle: Int32
    /// Whether the pidfd came from the kernel with the datagram, and was not opened by number.
    private let isProved: Bool

    /// Takes ownership of the pidfd that came with a datagram, or opens one by number.
    ///
    /// By number it is a guess: the process may have ended, and its number may be in use again.
    init(process: Int32, owning handle: Int32) {
        self.process = process
        isProved = handle >= 0
        self.handle = handle >= 0 ? handle : process > 0 ? CLinux_pidfd_open(process) : -1
    }

    deinit { if handle >= 0 { _ = close(handle) } }

    /// The ID of the version 2 cgroup that it is in, or was in when it ended; `nil` where the kernel does not report it.
    ///
    /// PIDFD_GET_INFO reports it for a running process since Linux 6.13, for one that has ended since 6.15. The ID is the
    /// inode number of the cgroup's folder.
    public var cgroup: UInt64? {
        var id: UInt64 = 0
        return isProved && CLinux_pidfd_cgroup(handle, &id) == 1 ? id : nil
    }

    /// The state of a process.
    public enum State: Sendable {
        case running
        /// It has ended, and its number is still its own.
        case ended
        /// Its number may be in use again.
        case reaped
    }

    /// The state of the process now.
    public var state: State {
        guard handle >= 0 else { return .reaped }
        // Signal 0 only checks; EPERM means that it exists and belongs to another user.
        if CLinux_pidfd_send_signal(handle, 0) == -1, errno != EPERM { return .reaped }
        var ready = pollfd(fd: handle, events: Int16(POLLIN), revents: 0)
        return poll(&ready, 1, 0) == 1 ? .ended : .running
    }
}
