// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Testing

@Suite("Files")
struct FilesTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("a file is there whole, or was there before whole, and no draft stays")
    func replace() throws {
        let path = folder["pid"]
        try Files.replace(path, with: "1\n")
        #expect(try Files.text(path) == "1\n")
        let old = Descriptor(owning: try system("open", on: path) { open(path, O_RDONLY | O_CLOEXEC) })
        try Files.replace(path, with: "22\n")
        #expect(try Files.text(path) == "22\n")
        // A process that has the old file open still reads it: it was replaced, not overwritten.
        #expect(try old.read(upTo: 10) == Array("1\n".utf8))
        #expect(try Files.names(in: folder.path) == ["pid"])
    }

    @Test("where the draft cannot be made, the old file stays as it was")
    func replaceWithoutDraft() throws {
        let path = folder["pid"]
        try Files.replace(path, with: "1\n")
        try Files.makeFolder("\(path).\(getpid())")
        let error = #expect(throws: SystemError.self) { try Files.replace(path, with: "2\n") }
        #expect(error?.code == EISDIR)
        #expect(try Files.text(path) == "1\n")
    }

    @Test("where the draft cannot take the name, it goes, and what has the name stays")
    func replaceFolder() throws {
        let path = folder["pid"]
        try Files.makeFolder(path)
        let error = #expect(throws: SystemError.self) { try Files.replace(path, with: "2\n") }
        #expect(error?.description == "rename \(path): Is a directory")
        #expect(try Files.names(in: folder.path) == ["pid"])
        #expect(Files.isFolder(path))
    }

    @Test("a link in the place of the draft is not followed")
    func replaceDraftLink() throws {
        let (path, target) = (folder["pid"], folder["target"])
        try Files.replace(target, with: "precious")
        try system("symlink", on: path) { symlink(target, "\(path).\(getpid())") }
        let error = #expect(throws: SystemError.self) { try Files.replace(path, with: "2\n") }
        #expect(error?.code == ELOOP)
        #expect(try Files.text(target) == "precious")
    }

    @Test("what has no end is read no further than 64 MiB")
    func longest() throws {
        let error = #expect(throws: SystemError.self) { try Files.read("/dev/zero") }
        #expect(error?.description == "read /dev/zero: File too large")
        let path = folder["sparse"]
        try Files.replace(path, with: "")
        #expect(truncate(path, 64 << 20) == 0)
        #expect(try Files.read(path).count == 64 << 20)
        #expect(truncate(path, 64 << 20 + 1) == 0)
        #expect(throws: SystemError(call: "read", subject: path, code: EFBIG)) { try Files.read(path) }
    }

    @Test("of a path that others have made, neither a pipe nor a device blocks")
    func onlyIfRegular() throws {
        try Files.replace(folder["file"], with: "a")
        #expect(symlink(folder["file"], folder["link"]) == 0 && mkfifo(folder["pipe"], 0o600) == 0)
        #expect(try Files.text(folder["link"], onlyIfRegular: true) == "a")
        for device in ["/dev/null", "/dev/zero"] { #expect(try Files.text(device, onlyIfRegular: true) == "") }
        for (path, code) in [(folder["pipe"], ESPIPE), (folder.path, EISDIR), (folder["none"], ENOENT)] {
            let error = #expect(throws: SystemError.self) { try Files.text(path, onlyIfRegular: true) }
            #expect(error?.code == code)
        }
    }

    @Test("a file's mode is the one asked for, less the umask")
    func mode() throws {
        try Files.replace(folder["secret"], with: "", mode: 0o600)
        var status = stat()
        #expect(stat(folder["secret"], &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
    }

    @Test("a file that is replaced belongs to us, whose ever the former one was")
    func replaceForeign() throws {
        try Files.replace(folder["pid"], with: "1\n")
        #expect(chown(folder["pid"], 1, 2) == 0 && chmod(folder["pid"], 0o666) == 0)
        try Files.replace(folder["pid"], with: "2\n")
        var status = stat()
        #expect(stat(folder["pid"], &status) == 0)
        #expect(status.st_uid == geteuid() && status.st_mode & 0o022 == 0)
    }

    @Test("the kernel sees one write: a thread's name is what was written last")
    func singleWrite() throws {
        let path = "/proc/thread-self/comm"
        let name = try Files.text(path).filter { !$0.isNewline }
        defer { try? Files.write(name, to: path) }
        try Files.write("written-whole", to: path)
        #expect(try Files.text(path) == "written-whole\n")
    }

    @Test("the kernel's refusal of what was written comes back, with the file's path")
    func refusedWrite() {
        let path = "/proc/thread-self/oom_score_adj"
        let error = #expect(throws: SystemError.self) { try Files.write("nonsense", to: path) }
        #expect(error?.description == "write \(path): Invalid argument")
    }

    @Test("nothing is made by writing to what is not there")
    func writeMissing() throws {
        let error = #expect(throws: SystemError.self) { try Files.write("1", to: folder["missing"]) }
        #expect(error?.isNotFound == true)
        #expect(try Files.names(in: folder.path).isEmpty)
    }

    @Test("a large file is read whole, a missing one and a folder are errors with their path")
    func read() throws {
        let text = String(repeating: "0123456789", count: 20_000)
        try Files.replace(folder["large"], with: text)
        #expect(try Files.text(folder["large"]) == text)
        try Files.replace(folder["bytes"], with: "")
        #expect(try Files.read(folder["bytes"]).isEmpty)
        let missing = #expect(throws: SystemError.self) { try Files.read(folder["missing"]) }
        #expect(missing?.description == "open \(folder["missing"]): No such file or directory")
        let noFile = #expect(throws: SystemError.self) { try Files.read(folder.path) }
        #expect(noFile?.description == "read \(folder.path): Is a directory")
    }

    @Test("removing what is not there is no error; what cannot be removed is")
    func remove() throws {
        try Files.replace(folder["a"], with: "")
        try Files.remove(folder["a"])
        #expect(!Files.exists(folder["a"]))
        try Files.remove(folder["a"])
        try Files.makeFolder(folder["b"])
        try Files.makeFolder(folder["b"])
        #expect(throws: SystemError.self) { try Files.remove(folder["b"]) }
        try Files.makeFolder(folder["b/c"])
        let error = #expect(throws: SystemError.self) { try Files.removeFolder(folder["b"]) }
        #expect(error?.isBusy == true)
        try Files.removeFolder(folder["b/c"])
        try Files.removeFolder(folder["b"])
        try Files.removeFolder(folder["b"])
        #expect(!Files.exists(folder["b"]))
    }

    @Test("names come sorted, hidden ones too, without the folder itself")
    func names() throws {
        for name in ["b", "a", ".hidden", "ä"] { try Files.replace(folder[name], with: "") }
        #expect(try Files.names(in: folder.path) == [".hidden", "a", "b", "ä"])
        let error = #expect(throws: SystemError.self) { try Files.names(in: folder["missing"]) }
        #expect(error?.description == "opendir \(folder["missing"]): No such file or directory")
    }

    @Test("a link counts as what it leads to")
    func links() throws {
        try Files.makeFolder(folder["real"])
        for (name, target) in [("link", "real"), ("broken", "missing")] {
            try system("symlink", on: name) { symlink(folder[target], folder[name]) }
        }
        #expect(Files.isFolder(folder["link"]))
        #expect(!Files.isFolder(folder["missing"]))
        #expect(!Files.exists(folder["broken"]))
    }

    @Test("a temporary folder goes with all that is in it, and leaves alone what a link in it leads to")
    func temporaryFolder() throws {
        try Files.replace(folder["kept"], with: "")
        let path: String
        do {
            let other = try TemporaryFolder()
            path = other.path
            try Files.makeFolder(other["a"])
            try Files.replace(other["a/b"], with: "")
            try system("symlink", on: "link") { symlink(folder.path, other["link"]) }
            #expect(Files.isFolder(other["link"]))
        }
        #expect(!Files.exists(path))
        #expect(Files.exists(folder["kept"]))
    }
}
