// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Testing

@Suite("Watch of a folder")
struct FolderWatchTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("it names what was created, written and moved there, once")
    func names() throws {
        let watch = try FolderWatch(folder.path)
        #expect(watch.changes() == [])
        let file = open(folder["made"], O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
        #expect(watch.changes() == ["made"])
        _ = write(file, "x", 1)
        #expect(watch.changes() == [])
        _ = close(file)
        #expect(watch.changes() == ["made"])
        #expect(rename(folder["made"], folder["moved"]) == 0)
        try Files.makeFolder(folder["folder"])
        #expect(watch.changes() == ["moved", "folder"])
        #expect(watch.changes() == [])
    }

    @Test("a folder that is removed cannot be watched any more", arguments: ["removed", "moved"])
    func gone(fate: String) throws {
        let path = folder["folder"]
        try Files.makeFolder(path)
        let watch = try FolderWatch(path)
        if fate == "moved" {
            #expect(rename(path, folder["other"]) == 0)
        } else {
            try Files.removeFolder(path)
        }
        #expect(watch.changes() == nil)
        let error = #expect(throws: SystemError.self) { try FolderWatch(path) }
        #expect(error?.isNotFound == true)
    }
}
