// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux

/// A shell that runs a script, killed and reaped with its last owner.
final class Child {
    let id: Int32
    private let input: Descriptor
    private let output: Descriptor

    init(_ script: String) throws {
        let toChild = try Pipe()
        let fromChild = try Pipe()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, toChild.reading.rawValue, 0)
        posix_spawn_file_actions_adddup2(&actions, fromChild.writing.rawValue, 1)
        posix_spawn_file_actions_adddup2(&actions, fromChild.writing.rawValue, 2)
        let words = ["sh", "-c", script].map { (word: String) in strdup(word) }
        defer { words.forEach { free($0) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, "/bin/sh", &actions, nil, words + [nil], environ)
        guard code == 0 else { throw SystemError(call: "posix_spawn", subject: "/bin/sh", code: code) }
        id = process
        input = try Descriptor.duplicate(of: toChild.writing.rawValue)
        output = fromChild.closingWriting()
    }

    func send(_ line: String) throws {
        let bytes = Array((line + "\n").utf8)
        try system("write", on: "child") { write(input.rawValue, bytes, bytes.count) }
    }

    /// Its next line, without the newline; what there is when it ends.
    func line() throws -> String {
        var bytes: [UInt8] = []
        while let byte = try output.read(upTo: 1).first, byte != UInt8(ascii: "\n") { bytes.append(byte) }
        return String(decoding: bytes, as: UTF8.self)
    }

    deinit {
        kill(id, SIGKILL)
        var status: Int32 = 0
        while waitpid(id, &status, 0) == -1 && errno == EINTR {}
    }
}
