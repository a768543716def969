// SPDX-License-Identifier: Apache-2.0

import Linux
import Testing

@Suite("Command")
struct CommandTests {
    @Test("its output, its errors and its end are ours, and it reads nothing")
    func command() throws {
        let command = try Command(
            "/bin/sh", words: ["a name", "-c", "echo \"$0 $1 $A\"; echo error >&2; cat; exit 3", "zero", "one"],
            environment: ["A": "b c", "PATH": "/usr/bin:/bin"])
        var output: [UInt8] = []
        while case let piece = try command.output.read(upTo: 100), !piece.isEmpty { output += piece }
        #expect(String(decoding: output, as: UTF8.self) == "zero one b c\nerror\n")
        #expect(try command.reap() == .exited(3))
    }

    @Test("a program that is not there is an error")
    func missing() {
        let error = #expect(throws: SystemError.self) {
            let command = try Command("/nonexistent/program", words: ["program"], environment: [:])
            _ = try command.reap()
        }
        #expect(error?.description == "posix_spawn /nonexistent/program: No such file or directory")
    }
}
