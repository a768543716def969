// SPDX-License-Identifier: Apache-2.0

internal import CSystemd
internal import Glibc
internal import Linux

/// A service or scope of systemd's.
public struct Unit: Sendable, Equatable {
    /// Its full name: `nginx.service`.
    public let name: String
    /// Whether it belongs to a user's manager, not to the system's.
    public let isUser: Bool

    public init(name: String, isUser: Bool) {
        self.name = name
        self.isUser = isUser
    }

    /// The unit in whose cgroup this process is, be it as its main process, as another of its commands, or below a shell
    /// of either; `nil` in a shell that a person has logged in to.
    public static func ofThisProcess() -> Unit? { of(process: 0) }

    /// The innermost unit in whose cgroup a process is; `nil` where it is in none, in a login session, or gone.
    ///
    /// - Parameter process: Its number; 0 is this process (sd_pid_get_unit(3)).
    public static func of(process: Int32) -> Unit? {
        let inner = name(sd_pid_get_user_unit, process).map { Unit(name: $0, isUser: true) }
        let unit = inner ?? name(sd_pid_get_unit, process).map { Unit(name: $0, isUser: false) }
        return unit.flatMap { $0.isForPrograms ? $0 : nil }
    }

    /// Whether the unit is there for programs, and not a place where a person types.
    ///
    /// logind puts a login session into a scope (pam_systemd(8)), desktops and terminals do so with each program and tab.
    /// A manager's own processes are in its init.scope (systemd.special(7)), and container engines make scopes of their
    /// own: what is to be a part of those is not told to us.
    var isForPrograms: Bool {
        guard name.hasSuffix(".scope") else { return name.hasSuffix(".service") }
        let others = ["session-", "app-", "vte-spawn-", "tmux-spawn-", "init.scope", "docker-", "libpod-", "machine-"]
        return !others.contains { name.hasPrefix($0) }
    }

    /// Whether the manager has started this process, or one that it descends from, for a command of the unit.
    ///
    /// - Parameter environment: Ours: SYSTEMD_EXEC_PID names the process that the manager started (systemd 248); older
    ///   managers set INVOCATION_ID alone (systemd.exec(5)).
    public static func isCommand(environment: [String: String]) -> Bool {
        guard let text = environment["SYSTEMD_EXEC_PID"] else { return environment["INVOCATION_ID"] != nil }
        return Int32(text).map { Linux.Process.ancestry.contains($0) } ?? false
    }

    private static func name(
        _ lookUp: (pid_t, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> Int32, _ process: Int32
    ) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard lookUp(process, &text) >= 0, let text else { return nil }
        defer { free(text) }
        return String(cString: text)
    }
}
