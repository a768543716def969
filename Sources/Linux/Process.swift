// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// A process held by a pidfd: it stays this process even if its number is used again (pidfd_open(2)).
public struct Process: ~Copyable, Sendable {
    /// Its number when it was opened.
    public let id: Int32
    /// Readable once the process has ended.
    public let descriptor: Descriptor

    /// Opens a pidfd for a process; throws ESRCH where the number is not in use.
    public init(_ id: Int32) throws(SystemError) {
        self.id = id
        descriptor = Descriptor(owning: try system("pidfd_open", on: "process \(id)") { CLinux_pidfd_open(id) })
    }

    /// Sends a signal; throws ESRCH once the process was reaped (pidfd_send_signal(2)).
    public func send(_ signal: Signal) throws(SystemError) {
        try system("pidfd_send_signal", on: "process \(id)") {
            CLinux_pidfd_send_signal(descriptor.rawValue, signal.rawValue)
        }
    }

    /// What the kernel reports about the end of a process that is not our child.
    public enum Termination: Equatable, Sendable {
        /// It was reaped, and ended like this.
        case known(ExitStatus)
        /// It was not reaped, so the kernel may still report it.
        case pending
        /// The kernel does not report it.
        case unknown
    }

    /// How the process ended (PIDFD_GET_INFO).
    ///
    /// Linux 6.15 and later report it once the parent has reaped the process (PIDFD_INFO_EXIT). Linux 6.13 and 6.14 answer
    /// ESRCH then, and older kernels do not have the call.
    public var termination: Termination {
        var status: Int32 = 0
        // One question: the process may be reaped between two.
        return switch CLinux_pidfd_exit_status(descriptor.rawValue, &status) {
        case 1: .known(ExitStatus(waitStatus: status))
        case 0: .pending
        default: .unknown
        }
    }

    /// This process, its parent, and so on up to the first process that can be seen from here (proc_pid_stat(5)).
    public static var ancestry: [Int32] {
        var found = [getpid()]
        // Numbers may be used again meanwhile, which could make a circle: so there is a limit.
        while let last = found.last, last > 1, found.count < 1000, let parent = parent(of: last), parent > 0 {
            found.append(parent)
        }
        return found
    }

    private static func parent(of process: Int32) -> Int32? {
        // The name in parentheses may hold parentheses; after it come the state and the parent.
        guard let text = try? Files.text("/proc/\(process)/stat"), let name = text.lastIndex(of: ")") else {
            return nil
        }
        let fields = text[name...].split(separator: " ")
        return fields.count > 2 ? Int32(fields[2]) : nil
    }
}
