// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Runtime

@Suite("Invocation")
struct InvocationTests {
    private struct Case {
        var words: String
        var command: String?
        var container: String?
        var bundle = "."
        var log: String?
        var logsJSON = false
        var systemdCgroup: [Int] = []
    }

    private static let cases: [Case] = [
        // As containerd's shim calls.
        Case(
            words:
                "--root /r --log /b/log.json --log-format json --systemd-cgroup create --bundle /b --pid-file /b/init.pid abc",
            command: "create", container: "abc", bundle: "/b", log: "/b/log.json", logsJSON: true, systemdCgroup: [6]),
        Case(
            words: "--root /r --log /b/log.json --log-format json create --bundle /b --console-socket /c abc",
            command: "create", container: "abc", bundle: "/b", log: "/b/log.json", logsJSON: true),
        Case(
            words: "--root /r --log /l --log-format json --systemd-cgroup exec --process /p --detach --pid-file /f abc",
            command: "exec", container: "abc", log: "/l", logsJSON: true, systemdCgroup: [6]),
        Case(words: "--root /r kill --all abc 9", command: "kill", container: "9"),
        Case(words: "features", command: "features"),
        // As Go's flags may be written, too.
        Case(
            words: "-root=/r -log=/l --log-format=text --systemd-cgroup=true create -b /b abc", command: "create",
            container: "abc", bundle: "/b", log: "/l", systemdCgroup: [3]),
        Case(words: "create --bundle=/a=b abc", command: "create", container: "abc", bundle: "/a=b"),
        Case(words: "--root create --debug create abc", command: "create", container: "abc"),
        Case(words: "--criu /c --rootless auto --cgroup-manager systemd state abc", command: "state", container: "abc"),
        Case(words: "--something-new state abc", command: "state", container: "abc"),
        // What asks for nothing.
        Case(words: "--version"),
        Case(words: ""),
        Case(words: "--log"),
        Case(words: "--root /r --log /l", log: "/l"),
        Case(words: "create --bundle", command: "create", container: "--bundle", bundle: ""),
    ]

    @Test("finds what concerns us in runc's command line")
    func parses() {
        for one in Self.cases {
            let invocation = Invocation(one.words.split(separator: " ").map(String.init))
            #expect(invocation.command == one.command, "\(one.words)")
            #expect(invocation.container == one.container, "\(one.words)")
            #expect(invocation.bundle == one.bundle, "\(one.words)")
            #expect(invocation.log == one.log, "\(one.words)")
            #expect(invocation.logsJSON == one.logsJSON, "\(one.words)")
            #expect(invocation.systemdCgroup == one.systemdCgroup, "\(one.words)")
        }
    }
}
