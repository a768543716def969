// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// How a process ended, as wait(2) reports it.
public enum ExitStatus: Hashable, Sendable, CustomStringConvertible {
    case exited(UInt8)
    case signaled(Signal)

    /// Reads the status word that wait(2) and PIDFD_GET_INFO give.
    public init(waitStatus: Int32) {
        let signal = waitStatus & 0x7f
        self = signal == 0 ? .exited(UInt8(truncatingIfNeeded: waitStatus >> 8)) : .signaled(Signal(rawValue: signal))
    }

    public var description: String {
        switch self {
        case .exited(let code): "exit status \(code)"
        case .signaled(let signal): "\(signal)"
        }
    }

    /// Ends this process in the same way, so that its parent sees the same status.
    public func end() -> Never {
        switch self {
        case .exited(let code):
            exit(Int32(code))
        case .signaled(let signal):
            // The container has dumped its own core; RLIMIT_CORE would not stop a core_pattern that is a pipe (core(5)).
            _ = CLinux_forbid_core_dump()
            var set = sigset_t()
            sigemptyset(&set)
            sigaddset(&set, signal.rawValue)
            Glibc.signal(signal.rawValue, SIG_DFL)
            kill(getpid(), signal.rawValue)
            sigprocmask(SIG_UNBLOCK, &set, nil)
            // Reached only for a signal whose default action is not to kill.
            exit(128 + signal.rawValue)
        }
    }
}
