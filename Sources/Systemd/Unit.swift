// SPDX-License-Identifier: Apache-2.0

internal import CSystemd
internal import Glibc
internal import Linux

/// A systemd service or scope.
public struct Unit: Sendable, Equatable {
    /// Its full name: `nginx.service`.
    public let name: String
    /// Whether it belongs to a user's manager, not to the system's.
    public let isUser: Bool

    public init(name: String, isUser: Bool) {
        self.name = name
        self.isUser = isUser
    }

    /// The unit in whose cgroup this process is: as its main process, as another of its commands, or started by a shell of
    /// either; `nil` in a login session.
    public static func ofThisProcess() -> Unit? { of(process: 0) }

    /// The innermost unit in whose cgroup a process is.
    ///
    /// - Parameter process: Its number; 0 is this process (sd_pid_get_unit(3)).
    /// - Returns: `nil` where it is in no unit or in a login session, or has ended.
    public static func of(process: Int32) -> Unit? {
        let inner = name(sd_pid_get_user_unit, process).map { Unit(name: $0, isUser: true) }
        let unit = inner ?? name(sd_pid_get_unit, process).map { Unit(name: $0, isUser: false) }
        return unit.flatMap { $0.isForPrograms ? $0 : nil }
    }

    /// Whether the unit runs programs, and is not where a person types.
    ///
    /// logind makes a scope for a login session (pam_systemd(8)), desktops and terminals for each program and tab. A
    /// manager's own processes are in its init.scope (systemd.special(7)), and container engines make scopes of their own,
    /// of which we cannot know what belongs to them.
    var isForPrograms: Bool {
        guard name.hasSuffix(".scope") else { return name.hasSuffix(".service") }
        let others = ["session-", "app-", "vte-spawn-", "tmux-spawn-", "init.scope", "docker-", "libpod-", "machine-"]
        return !others.contains { name.hasPrefix($0) }
    }

    /// Whether the manager started this process, or one that it descends from, for a command of the unit.
    ///
    /// - Parameter environment: Ours: SYSTEMD_EXEC_PID names the process that the manager started (systemd 248); older
    ///   managers set INVOCATION_ID only (systemd.exec(5)).
    /// - Returns: `false` for a process that was started in another way, a cron job's for one.
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
