// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A signal of signal(7), standard or real-time.
public struct Signal: Hashable, Sendable, CustomStringConvertible {
    /// Its number on this machine.
    public let rawValue: Int32

    /// A signal by its number, which the kernel refuses when it is sent if there is none.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    public static let hangup = Signal(rawValue: SIGHUP)
    public static let interrupt = Signal(rawValue: SIGINT)
    public static let quit = Signal(rawValue: SIGQUIT)
    public static let abort = Signal(rawValue: SIGABRT)
    public static let kill = Signal(rawValue: SIGKILL)
    public static let user1 = Signal(rawValue: SIGUSR1)
    public static let user2 = Signal(rawValue: SIGUSR2)
    public static let pipe = Signal(rawValue: SIGPIPE)
    public static let terminate = Signal(rawValue: SIGTERM)
    public static let `continue` = Signal(rawValue: SIGCONT)
    public static let windowChange = Signal(rawValue: SIGWINCH)

    /// The real-time signals that glibc leaves to programs, SIGRTMIN to SIGRTMAX, by number.
    public static let realTime: ClosedRange<Int32> = 34...64

    private static let names: [(number: Int32, name: String)] = [
        (SIGHUP, "HUP"), (SIGINT, "INT"), (SIGQUIT, "QUIT"), (SIGILL, "ILL"), (SIGTRAP, "TRAP"), (SIGABRT, "ABRT"),
        (SIGBUS, "BUS"), (SIGFPE, "FPE"), (SIGKILL, "KILL"), (SIGUSR1, "USR1"), (SIGSEGV, "SEGV"), (SIGUSR2, "USR2"),
        (SIGPIPE, "PIPE"), (SIGALRM, "ALRM"), (SIGTERM, "TERM"), (SIGSTKFLT, "STKFLT"), (SIGCHLD, "CHLD"),
        (SIGCONT, "CONT"), (SIGSTOP, "STOP"), (SIGTSTP, "TSTP"), (SIGTTIN, "TTIN"), (SIGTTOU, "TTOU"), (SIGURG, "URG"),
        (SIGXCPU, "XCPU"), (SIGXFSZ, "XFSZ"), (SIGVTALRM, "VTALRM"), (SIGPROF, "PROF"), (SIGWINCH, "WINCH"),
        (SIGIO, "IO"), (SIGPWR, "PWR"), (SIGSYS, "SYS"),
    ]

    /// The signal of a name or number as Docker accepts them: `TERM`, `SIGTERM`, `15`, `RTMIN+3`.
    ///
    /// - Parameter text: The name or number; anything else gives `nil`.
    public init?(named text: String) {
        if let number = Int32(text) {
            guard (1...64).contains(number) else { return nil }
            self.init(rawValue: number)
            return
        }
        let upper = text.uppercased()
        let name = upper.hasPrefix("SIG") ? String(upper.dropFirst(3)) : upper
        let aliases = ["IOT": SIGABRT, "POLL": SIGIO, "CLD": SIGCHLD]
        if let number = Self.names.first(where: { $0.name == name })?.number ?? aliases[name] {
            self.init(rawValue: number)
        } else if name == "RTMIN" {
            self.init(rawValue: Self.realTime.lowerBound)
        } else if name == "RTMAX" {
            self.init(rawValue: Self.realTime.upperBound)
        } else if let offset = Self.offset(in: name, after: "RTMIN+") {
            self.init(rawValue: Self.realTime.lowerBound + offset)
        } else if let offset = Self.offset(in: name, after: "RTMAX-") {
            self.init(rawValue: Self.realTime.upperBound - offset)
        } else {
            return nil
        }
    }

    private static func offset(in name: String, after prefix: String) -> Int32? {
        let digits = name.dropFirst(prefix.count)
        // Int32 alone would take a second sign.
        guard name.hasPrefix(prefix), digits.first?.isNumber == true, let offset = Int32(digits) else { return nil }
        return (0...30).contains(offset) ? offset : nil
    }

    /// `SIGTERM`, `SIGRTMIN+3`, or `signal 33` where it has no name.
    public var description: String {
        if let name = Self.names.first(where: { $0.number == rawValue })?.name { return "SIG\(name)" }
        if Self.realTime.contains(rawValue) {
            let offset = rawValue - Self.realTime.lowerBound
            return offset == 0 ? "SIGRTMIN" : "SIGRTMIN+\(offset)"
        }
        return "signal \(rawValue)"
    }
}
