// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Systemd

@Suite("Unit")
struct UnitTests {
    @Test(
        "a service is a unit for programs, and so is a scope, unless a person logs in to it or types in it",
        arguments: [
            ("web.service", true), ("web@1.service", true), ("run-r0f3a.scope", true), ("batch.scope", true),
            ("session-4.scope", false), ("session-c1.scope", false), ("vte-spawn-0e4b.scope", false),
            ("tmux-spawn-0e4b.scope", false), ("app-org.gnome.Terminal-12.scope", false), ("init.scope", false),
            ("docker-0e4b.scope", false), ("user.slice", false), ("", false),
        ])
    func isForPrograms(name: String, isForPrograms: Bool) {
        #expect(Unit(name: name, isUser: false).isForPrograms == isForPrograms)
    }

    @Test("a command of the unit is what the manager has started, and all below it")
    func isCommand() {
        #expect(Unit.isCommand(environment: ["SYSTEMD_EXEC_PID": "\(getpid())", "INVOCATION_ID": "a"]))
        #expect(Unit.isCommand(environment: ["SYSTEMD_EXEC_PID": "\(getppid())"]))
        // Inherited from elsewhere: a terminal that is a service, a daemon that has started the shell long ago.
        #expect(!Unit.isCommand(environment: ["SYSTEMD_EXEC_PID": "999999999", "INVOCATION_ID": "a"]))
        #expect(!Unit.isCommand(environment: ["SYSTEMD_EXEC_PID": "", "INVOCATION_ID": "a"]))
        #expect(!Unit.isCommand(environment: [:]))
        // Before systemd 248.
        #expect(Unit.isCommand(environment: ["INVOCATION_ID": "a"]))
    }
}
