// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Testing

@Suite("Folder")
struct FolderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("one in which others can replace what is ours is refused, unless only owners may", arguments: [false, true])
    func open(isSticky: Bool) throws {
        try Files.makeFolder(folder["a"])
        #expect(chmod(folder["a"], isSticky ? 0o1777 : 0o777) == 0)
        let error: FolderError?
        do throws(FolderError) {
            _ = try Folder.private(at: folder["a/b"])
            error = nil
        } catch let failure {
            error = failure
        }
        #expect(error == (isSticky ? nil : .open(folder["a"])))
        #expect(Files.exists(folder["a/b"]) == isSticky)
        #expect(
            error.map(\.description)
                == (isSticky ? nil : "folder \(folder["a"]) can be written to by other users. Set its mode to 0755"))
    }

    @Test("what is done in it is not led elsewhere by what takes its place")
    func held() throws {
        let held = try Folder.private(at: folder["a/b"], depth: 2)
        try Files.rename(folder["a"], to: folder["moved"])
        try Files.makeFolder(folder["a"])
        try Files.makeFolder(folder["a/b"])
        _ = try Descriptor.datagramSocket(at: held.place(of: "socket"), mode: 0o600)
        #expect(try Files.names(in: folder["moved/b"]) == ["socket"])
        #expect(try Files.names(in: folder["a/b"]).isEmpty)
        try held.remove("socket")
        try held.remove("socket")
        #expect(try Files.names(in: folder["moved/b"]).isEmpty)
    }

    @Test("removes files, links and empty folders, and nothing that is in use")
    func removal() throws {
        let held = try Folder.private(at: folder["a"])
        for name in ["empty", "full", "full/inner", "aim"] { try Files.makeFolder(folder["a/\(name)"]) }
        #expect(symlink(folder["a/aim"], folder["a/link"]) == 0)
        for name in ["empty", "link", "none"] { try held.remove(name) }
        #expect(throws: SystemError.self) { try held.remove("full") }
        #expect(try Files.names(in: folder["a"]) == ["aim", "full"])
    }
}
