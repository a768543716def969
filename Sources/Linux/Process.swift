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

    /// How the process ended, from the kernel itself, though it is not our child (PIDFD_GET_INFO).
    ///
    /// Linux 6.15 and later tell it once the parent has reaped the process (PIDFD_INFO_EXIT); `nil` before that, and on
    /// older kernels.
    public var exitStatus: ExitStatus? {
        var status: Int32 = 0
        return CLinux_pidfd_exit_status(descriptor.rawValue, &status) == 1 ? ExitStatus(waitStatus: status) : nil
    }

    /// Whether ``exitStatus`` may still be told when the parent has reaped the process.
    ///
    /// False from then on where it was not told, and at any time where the kernel does not have PIDFD_GET_INFO (before
    /// Linux 6.13). Linux 6.13 and 6.14 have it, and answer ESRCH instead of a status.
    public var awaitsExitStatus: Bool {
        var status: Int32 = 0
        return CLinux_pidfd_exit_status(descriptor.rawValue, &status) == 0
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
