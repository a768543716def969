// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Systemd

@Suite("Unit")
struct UnitTests {
    @Test(
        "a service is told so; a shell that has inherited something of one is none",
        arguments: [
            ("a shell", [:], false),
            ("a shell with other variables", ["PATH": "/bin", "JOURNAL_STREAM": "8:1"], false),
            ("Type=notify", ["NOTIFY_SOCKET": "/run/systemd/notify", "INVOCATION_ID": "a"], true),
            ("Type=notify behind a shell", ["NOTIFY_SOCKET": "@n", "SYSTEMD_EXEC_PID": "41"], true),
            ("Type=simple", ["SYSTEMD_EXEC_PID": "42", "INVOCATION_ID": "a"], true),
            ("a shell in a terminal's unit", ["SYSTEMD_EXEC_PID": "41", "INVOCATION_ID": "a"], false),
            ("SYSTEMD_EXEC_PID in disorder", ["SYSTEMD_EXEC_PID": "", "INVOCATION_ID": "a"], false),
            ("Type=simple of an older systemd", ["INVOCATION_ID": "a"], true),
        ] as [(String, [String: String], Bool)])
    func decision(name: String, environment: [String: String], isService: Bool) {
        #expect(Unit.isService(environment, process: 42) == isService, "\(name)")
    }

    @Test("where the environment speaks of no service, there is no unit, whatever our cgroup is called")
    func shell() {
        #expect(Unit.ofThisProcess(environment: [:]) == nil)
        #expect(Unit.ofThisProcess(environment: ["SYSTEMD_EXEC_PID": "1"]) == nil)
    }
}
