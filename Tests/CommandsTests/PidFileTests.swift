// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Testing

@testable import Commands
@testable import Console

@Suite("PID file")
struct PidFileTests {
    private let folder: TemporaryFolder
    private let file: PidFile

    init() throws {
        folder = try TemporaryFolder()
        file = PidFile(path: folder["web.pid"])
    }

    @Test("it holds the number and a newline, and nothing stands beside it")
    func contents() throws {
        try file.write(4711)
        #expect(try Files.text(file.path) == "4711\n")
        #expect(try Files.names(in: folder.path) == ["web.pid"])
    }

    @Test("it is replaced, not written over: who has the old one open reads the old one to its end")
    func atomic() throws {
        try file.write(1_234_567)
        let old = Descriptor(owning: try system("open", on: file.path) { open(file.path, O_RDONLY | O_CLOEXEC) })
        try file.write(1)
        #expect(try old.read(upTo: 100) == Array("1234567\n".utf8))
        #expect(try Files.text(file.path) == "1\n")
    }

    @Test("it goes without a word, and so does one that is gone already")
    func removal() throws {
        try file.write(1)
        let diagnostics = Diagnostics(environment: [:])
        file.remove(diagnostics)
        file.remove(diagnostics)
        #expect(try Files.names(in: folder.path).isEmpty)
    }

    @Test("a path that cannot be written is named, and no draft is left")
    func refused() throws {
        let file = PidFile(path: folder["no/web.pid"])
        let error = #expect(throws: CommandError.self) { try file.write(1) }
        #expect(error?.code == .engine)
        #expect(error?.description.contains(file.path) == true)
        #expect(error?.description.contains("--pid-file") == true)
        try Files.makeFolder(folder["taken"])
        #expect(throws: CommandError.self) { try PidFile(path: folder["taken"]).write(1) }
        #expect(try Files.names(in: folder.path) == ["taken"])
    }
}
