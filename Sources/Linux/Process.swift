// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// A process held by a pidfd: it stays this process after its number is used again (pidfd_open(2)).
public struct Process: ~Copyable, Sendable {
    /// Its number when it was opened.
    public let id: Int32
    /// Readable once the process has ended.
    public let descriptor: Descriptor

    /// Takes hold of a running process; throws ESRCH when there is none of that number.
    public init(_ id: Int32) throws(SystemError) {
        self.id = id
        descriptor = Descriptor(owning: try system("pidfd_open", on: "process \(id)") { CLinux_pidfd_open(id) })
    }

    /// Sends a signal; throws ESRCH once the process is gone (pidfd_send_signal(2)).
    public func send(_ signal: Signal) throws(SystemError) {
        try system("pidfd_send_signal", on: "process \(id)") {
            CLinux_pidfd_send_signal(descriptor.rawValue, signal.rawValue)
        }
    }

    /// The kernel's own word on how the process ended, though it is not our child.
    ///
    /// Linux 6.15 and later know it from the moment its parent has reaped it (PIDFD_INFO_EXIT); `nil` before that
    /// and on older kernels.
    public var exitStatus: ExitStatus? {
        var status: Int32 = 0
        return CLinux_pidfd_exit_status(descriptor.rawValue, &status) == 1 ? ExitStatus(waitStatus: status) : nil
    }

    /// Whether this kernel tells the exit status of a process that is not our child (Linux 6.15).
    ///
    /// Older ones answer ENOTTY (before 6.13) or leave the bit unset; asked of ourselves, who have not ended, a newer
    /// one answers 0 with no status, so only the release can tell them apart.
    public static let kernelTellsExitStatus: Bool = {
        var name = utsname()
        guard uname(&name) == 0 else { return false }
        let release = withUnsafeBytes(of: &name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let numbers = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        return numbers.count == 2 && (numbers[0], numbers[1]) >= (6, 15)
    }()

    /// This process, its parent, and so on up to the first process that we see (proc_pid_stat(5)).
    public static var ancestry: [Int32] {
        var found = [getpid()]
        // Process numbers may be used again while we look, so there is an end to it in any case.
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
