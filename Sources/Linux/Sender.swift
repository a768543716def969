// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

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
