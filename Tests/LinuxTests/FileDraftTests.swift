// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Testing

@Suite("File draft")
struct FileDraftTests {
    private static func status(of path: String) -> stat {
        var status = stat()
        stat(path, &status)
        return status
    }

    @Test("it takes the file's place with the file's mode and owner", arguments: [0o600, 0o664])
    func replaces(mode: mode_t) throws {
        let folder = try TemporaryFolder()
        let path = folder["daemon.json"]
        try Files.replace(path, with: "old")
        chmod(path, mode)
        chown(path, 1, 2)
        let draft = try FileDraft(of: path, contents: Array("new".utf8))
        #expect(try Files.text(draft.path) == "new" && Files.text(path) == "old")
        try draft.commit()
        let status = Self.status(of: path)
        #expect(try Files.text(path) == "new")
        #expect(status.st_mode & 0o7777 == mode && status.st_uid == 1 && status.st_gid == 2)
        #expect(try Files.names(in: folder.path) == ["daemon.json"])
    }

    @Test("a new file can be read by everybody")
    func new() throws {
        let folder = try TemporaryFolder()
        try FileDraft(of: folder["a"], contents: []).commit()
        #expect(Self.status(of: folder["a"]).st_mode & 0o7777 == 0o644)
    }

    @Test("one that is not committed leaves nothing")
    func dropped() throws {
        let folder = try TemporaryFolder()
        _ = try FileDraft(of: folder["a"], contents: [1])
        #expect(try Files.names(in: folder.path) == [])
        #expect(throws: SystemError.self) { _ = try FileDraft(of: folder["none/a"], contents: [1]) }
    }
}
