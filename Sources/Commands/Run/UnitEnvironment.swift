// SPDX-License-Identifier: Apache-2.0

/// What `--env` hands to the container: the unit's `Environment=` and `EnvironmentFile=`, and nothing else.
enum UnitEnvironment {
    /// What the service manager sets for the process that it starts (systemd.exec(5), "Environment variables in spawned
    /// processes"): true of us, wrong in a container.
    private static let managers: Set<String> = [
        "CACHE_DIRECTORY", "CONFIGURATION_DIRECTORY", "CREDENTIALS_DIRECTORY", "DEBUG_INVOCATION", "EXIT_CODE",
        "EXIT_STATUS", "FDSTORE", "HOME", "INVOCATION_ID", "JOURNAL_STREAM", "LOGNAME", "LOGS_DIRECTORY",
        "LOG_NAMESPACE", "MAINPID", "MAINPIDFDID", "MANAGERPID", "MANAGERPIDFDID", "NOTIFY_SOCKET", "PATH", "PIDFILE",
        "REMOTE_ADDR", "REMOTE_PORT", "RUNTIME_DIRECTORY", "SERVICE_RESULT", "SHELL", "STATE_DIRECTORY",
        "SYSTEMD_EXEC_PID", "TERM", "USER", "XDG_RUNTIME_DIR",
    ]
    private static let managersPrefixes = ["LISTEN_", "MEMORY_PRESSURE_", "MONITOR_", "TRIGGER_", "WATCHDOG_"]

    /// `NAME=value` for each variable that is the unit's own, sorted by name.
    static func entries(of environment: [String: String]) -> [String] {
        environment
            .filter { name, _ in
                !managers.contains(name) && !managersPrefixes.contains { name.hasPrefix($0) }
            }
            .sorted { $0.key < $1.key }
            .map { "\($0.key)=\($0.value)" }
    }
}
