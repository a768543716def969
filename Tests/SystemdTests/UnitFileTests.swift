// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Testing

@testable import Systemd

@Suite("Unit files")
struct UnitFileTests {
    private func file(_ unit: String, _ text: String = "") -> UnitFile {
        UnitFile(unit: unit, path: "/etc/\(unit)", text: text)
    }

    @Test("a line continues after a backslash, also across comments; sections do not matter")
    func settings() {
        let text = """
            # ExecStart=no
            [Service]
            ExecStart = /bin/one \\
            # between
              two\\
            three
            ; Also=no
            Type=notify
            ExecStop=
            no setting
            Last=1 \\
            """
        let settings = file("web.service", text).settings.map { "\($0.key)|\($0.value)" }
        #expect(settings == ["ExecStart|/bin/one    two three", "Type|notify", "ExecStop|", "Last|1"])
    }

    @Test(
        "words are parted as systemd parts them",
        arguments: [
            ("a  b\tc", ["a", "b", "c"]), ("", []), ("-e \"A=b c\" 'd \"e'", ["-e", "A=b c", "d \"e"]),
            ("a\\ b \"c\\\"d\" ''", ["a b", "c\"d", ""]), ("x\"y z\"w", ["xy zw"]),
        ] as [(String, [String])])
    func words(text: String, words: [String]) {
        #expect(UnitFile.words(of: text) == words)
    }

    @Test(
        "a unit shares the settings of its drop-ins, its template, its instances, its prefix and its type",
        arguments: [
            ("web.service", "web.service", true), ("web.service", "db.service", false),
            ("web.service", "service", true), ("web-1-a.service", "web-.service", true),
            ("web-1-a.service", "web-1-.service", true), ("web.service", "web-.service", false),
            ("web@1.service", "web@.service", true), ("web@.service", "web@1.service", true),
            ("web@1.service", "db@.service", false), ("web.service", "web@.service", false),
        ])
    func sharing(mine: String, theirs: String, shares: Bool) {
        #expect(file(mine).shares(file(theirs)) == shares)
    }

    @Test("services and their drop-ins are found in all folders, disabled ones too; what cannot be read is told")
    func search() throws {
        let folder = try TemporaryFolder()
        for name in ["a", "a/web.service.d", "a/service.d", "a/web.socket.d", "a/bad.service"] {
            try Files.makeFolder(folder[name])
        }
        try Files.replace(folder["a/web.service"], with: "A=1")
        try Files.replace(folder["a/web.socket"], with: "A=2")
        try Files.replace(folder["a/web.service.d/x.conf"], with: "A=3")
        try Files.replace(folder["a/web.service.d/x.conf~"], with: "A=4")
        try Files.replace(folder["a/service.d/y.conf"], with: "A=5")
        try Files.replace(folder["a/web.socket.d"] + "/z.conf", with: "A=6")
        var problems: [SystemError] = []
        let files = UnitFile.services(in: [folder["a"], folder["none"], folder["a/web.socket"]]) { problems.append($0) }
        #expect(
            files.map { "\($0.unit) \($0.settings.map(\.value).joined())" } == [
                "service 5", "web.service 1", "web.service 3",
            ])
        #expect(problems.map(\.subject) == [folder["a/bad.service"]])
    }

    @Test("a pipe or a device in the place of a user's unit does not block")
    func endless() throws {
        let folder = try TemporaryFolder()
        #expect(mkfifo(folder["a.service"], 0o600) == 0)
        #expect(symlink("/dev/null", folder["b.service"]) == 0 && symlink("/dev/zero", folder["c.service"]) == 0)
        var problems: [SystemError] = []
        let files = UnitFile.services(in: [folder.path]) { problems.append($0) }
        #expect(files.flatMap(\.settings).isEmpty)
        #expect(problems == [SystemError(call: "read", subject: folder["a.service"], code: ESPIPE)])
    }

    @Test("the folders of this machine's managers are known")
    func machine() {
        var problems: [SystemError] = []
        #expect(!UnitFile.services { problems.append($0) }.isEmpty)
    }
}
