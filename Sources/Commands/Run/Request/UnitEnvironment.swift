// SPDX-License-Identifier: Apache-2.0

internal import Linux
internal import Systemd

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

    /// Those of the variables that the unit file sets: `Environment=` and `EnvironmentFile=`, as the manager reports them.
    ///
    /// Values are those that we were started with, after all that may override them.
    ///
    /// - Parameters:
    ///   - unit: The unit.
    ///   - environment: Ours.
    /// - Returns: `NAME=value`, sorted by name; nothing where the manager does not answer.
    @LoopActor
    static func ofUnitFile(_ unit: Unit, _ environment: [String: String]) async -> [String] {
        guard let properties = try? await unit.properties("Environment", "EnvironmentFiles") else { return [] }
        let names = names(inEnvironment: properties["Environment"] ?? "")
            .union(files(inEnvironmentFiles: properties["EnvironmentFiles"] ?? "").flatMap(names(inFile:)))
        return entries(of: environment.filter { names.contains($0.key) })
    }

    /// The names in a value of `systemctl show --property=Environment`: `A=1 "B=two words"`.
    static func names(inEnvironment value: String) -> Set<String> {
        Set(UnitFile.words(of: value).compactMap { word in word.firstIndex(of: "=").map { String(word[..<$0]) } })
    }

    /// The paths in values of `systemctl show --property=EnvironmentFiles`: `/etc/web (ignore_errors=no)`, one a line.
    static func files(inEnvironmentFiles value: String) -> [String] {
        value.split(separator: "\n").map { line in
            String(line.hasSuffix(")") ? line.prefix(line.count - (line.hasSuffix("=no)") ? 19 : 20)) : line)
        }
    }

    /// The names that a file of `EnvironmentFile=` sets (systemd.exec(5)).
    private static func names(inFile path: String) -> Set<String> {
        guard let text = try? Files.text(path, onlyIfRegular: true) else { return [] }
        return Set(
            text.split(whereSeparator: \.isNewline).compactMap { line in
                guard let equals = line.firstIndex(of: "="), !"#;".contains(line.first ?? "#") else { return nil }
                return line[..<equals].split(separator: " ").last.map(String.init)
            })
    }
}
