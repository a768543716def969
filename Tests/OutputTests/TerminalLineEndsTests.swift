// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Output

@Suite("Line ends of a terminal")
struct TerminalLineEndsTests {
    private static let texts = [
        ("", ""), ("one\r\n", "one\n"), ("one\r\ntwo\r\n", "one\ntwo\n"), ("\r\n\r\n", "\n\n"),
        ("bar 1\rbar 2\r\n", "bar 1\rbar 2\n"), ("\r\r\n", "\r\n"), ("\r", "\r"), ("\r\r", "\r\r"), ("\n", "\n"),
        ("\n\r", "\n\r"), ("a\rb\nc\r\n\r", "a\rb\nc\n\r"), ("ü\r\n🙂\r\n", "ü\n🙂\n"), ("\0\r\n\u{7F}", "\0\n\u{7F}"),
    ]

    @Test("become newlines, wherever the bytes are cut", arguments: texts)
    func everyCut(text: String, expected: String) {
        let bytes = Array(text.utf8)
        for first in 0...bytes.count {
            for second in first...bytes.count {
                var ends = TerminalLineEnds()
                var result = ends.take(Array(bytes[..<first]))
                result += ends.take(Array(bytes[first..<second]))
                result += ends.take(Array(bytes[second...]))
                result += ends.finish()
                #expect(result == Array(expected.utf8), "cut at \(first) and \(second)")
            }
        }
    }

    @Test("byte by byte is no different", arguments: texts)
    func single(text: String, expected: String) {
        var ends = TerminalLineEnds()
        let result = text.utf8.flatMap { ends.take([$0]) } + ends.finish()
        #expect(result == Array(expected.utf8))
    }

    @Test("nothing but a carriage return is held back")
    func heldBack() {
        var ends = TerminalLineEnds()
        #expect(ends.take(Array("prompt> ".utf8)) == Array("prompt> ".utf8))
        #expect(ends.take(Array("x\r".utf8)) == Array("x".utf8))
        #expect(ends.finish() == Array("\r".utf8))
        #expect(ends.finish().isEmpty)
    }
}
