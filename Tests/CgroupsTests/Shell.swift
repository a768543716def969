// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support

/// A shell that runs a script, with its stdin and its output in the test's hands; killed with its last owner.
final class Shell {
    private let child: Child
    private let input: Descriptor
    private let output: Descriptor

    init(_ script: String) throws {
        let toChild = try Pipe()
        let fromChild = try Pipe()
        let writing = fromChild.writing.rawValue
        child = try Child(
            "/bin/sh", ["-c", script], environment: environmentEntries(),
            descriptors: [toChild.reading.rawValue, writing, writing])
        input = try Descriptor.duplicate(of: toChild.writing.rawValue)
        output = fromChild.closingWriting()
    }

    var id: Int32 { child.id }

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
}
