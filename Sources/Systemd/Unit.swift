// SPDX-License-Identifier: Apache-2.0

internal import CSystemd
internal import Glibc

/// The unit whose main process we are.
public struct Unit: Sendable, Equatable {
    /// Its full name: `nginx.service`.
    public let name: String
    /// Whether it belongs to a user's manager, not to the system's.
    public let isUser: Bool

    public init(name: String, isUser: Bool) {
        self.name = name
        self.isUser = isUser
    }

    /// The unit that this process was started for; `nil` in a shell.
    public static func ofThisProcess(environment: [String: String]) -> Unit? {
        guard isService(environment, process: getpid()) else { return nil }
        return name(sd_pid_get_user_unit).map { Unit(name: $0, isUser: true) }
            ?? name(sd_pid_get_unit).map { Unit(name: $0, isUser: false) }
    }

    /// Whether the process was started as the main process of a service.
    ///
    /// A shell, too, sits in some unit's cgroup and may have inherited its INVOCATION_ID (a terminal that is a user
    /// service). The main process of a service is told so: NOTIFY_SOCKET, or a SYSTEMD_EXEC_PID that is its own
    /// (systemd 248); older managers set INVOCATION_ID alone (systemd.exec(5)).
    static func isService(_ environment: [String: String], process: Int32) -> Bool {
        if environment["NOTIFY_SOCKET"] != nil { return true }
        if let main = environment["SYSTEMD_EXEC_PID"] { return main == String(process) }
        return environment["INVOCATION_ID"] != nil
    }

    private static func name(
        _ lookUp: (pid_t, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> Int32
    ) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard lookUp(0, &text) >= 0, let text else { return nil }
        defer { free(text) }
        return String(cString: text)
    }
}
