// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Commands

@Suite("The unit's environment")
struct UnitEnvironmentTests {
    @Test(
        "what the service manager sets for us stays with us",
        arguments: [
            "HOME", "PATH", "USER", "LOGNAME", "SHELL", "TERM", "XDG_RUNTIME_DIR", "NOTIFY_SOCKET", "WATCHDOG_PID",
            "WATCHDOG_USEC", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "LISTEN_PIDFDID", "INVOCATION_ID",
            "JOURNAL_STREAM", "SYSTEMD_EXEC_PID", "MAINPID", "MANAGERPID", "MEMORY_PRESSURE_WATCH",
            "MEMORY_PRESSURE_WRITE", "CREDENTIALS_DIRECTORY", "RUNTIME_DIRECTORY", "STATE_DIRECTORY",
            "CACHE_DIRECTORY", "LOGS_DIRECTORY", "CONFIGURATION_DIRECTORY", "SERVICE_RESULT", "EXIT_CODE",
            "EXIT_STATUS", "FDSTORE", "PIDFILE", "LOG_NAMESPACE", "REMOTE_ADDR", "REMOTE_PORT", "DEBUG_INVOCATION",
            "TRIGGER_UNIT", "TRIGGER_PATH", "TRIGGER_TIMER_REALTIME_USEC", "MONITOR_SERVICE_RESULT", "MONITOR_UNIT",
        ])
    func managers(name: String) {
        #expect(UnitEnvironment.entries(of: [name: "x", "GREETING": "hello"]) == ["GREETING=hello"])
    }

    @Test(
        "what only looks like it is the unit's own",
        arguments: [
            "MY_PATH", "PATH_INFO", "HOMEPAGE", "USERNAME", "LISTEN", "WATCHDOG", "MEMORY_PRESSURE",
            "NOTIFY_SOCKET_DIR",
            "path", "DOCKER_HOST", "LANG", "TZ",
        ])
    func units(name: String) { #expect(UnitEnvironment.entries(of: [name: "x"]) == ["\(name)=x"]) }

    @Test("a value goes as it is")
    func values() {
        let environment = ["EQUALS": "a=b==c", "LINES": "one\ntwo\n", "EMPTY": "", "SPACE": " \t", "WORD": "ü 你好"]
        #expect(
            UnitEnvironment.entries(of: environment) == [
                "EMPTY=", "EQUALS=a=b==c", "LINES=one\ntwo\n", "SPACE= \t", "WORD=ü 你好",
            ])
    }

    @Test("the order is the same each time: by name")
    func order() {
        let names = (0..<50).map { "V\($0)" }
        let entries = UnitEnvironment.entries(of: Dictionary(uniqueKeysWithValues: names.map { ($0, "") }))
        #expect(entries == names.sorted().map { "\($0)=" })
    }
}
