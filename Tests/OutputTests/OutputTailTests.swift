// SPDX-License-Identifier: Apache-2.0

import Engine
import Testing

@testable import Output

@Suite("The tail of a stream")
struct OutputTailTests {
    /// What was copied, what the log has, and what of that is to be copied still.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var copied: [String]
        var log: [String]
        var rest: String?
    }

    private static func lines(_ range: Range<Int>) -> [String] { range.map { "line \($0) of the log\n" } }
    private static func time(_ second: Int) -> LogTime { LogTime(nanoseconds: Int64(second) * 1_000_000_000) }

    /// Each entry of both comes a second after the one before it.
    private static func find(_ copied: [String], in log: [String], isLogged: Bool = false) -> String? {
        var tail = OutputTail(start: time(0))
        for (second, text) in copied.enumerated() {
            tail.append(Array(text.utf8)[...], at: time(second), isLogged: isLogged)
        }
        var search: OutputTail.Search? = tail.search()
        var found: [UInt8]?
        for (second, text) in log.enumerated() {
            let message = LogMessages.Message(stream: .output, time: time(second), bytes: Array(text.utf8)[...])
            guard search != nil else {
                found = (found ?? []) + message.bytes
                continue
            }
            guard let rest = search?.take(message) else { continue }
            search = nil
            found = Array(rest)
        }
        return found.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(
        "copying goes on where it was left",
        arguments: [
            Case(testDescription: "nothing yet", copied: [], log: ["one\n"], rest: "one\n"),
            Case(testDescription: "all of it", copied: ["one\n", "two\n"], log: ["one\n", "two\n"], rest: ""),
            Case(testDescription: "a line more", copied: ["one\n"], log: ["one\n", "two\n"], rest: "two\n"),
            Case(testDescription: "in the midst of a line", copied: ["one\ntw"], log: ["one\n", "two\n"], rest: "o\n"),
            Case(testDescription: "before a newline", copied: ["one"], log: ["one\n", "two\n"], rest: "\ntwo\n"),
            Case(testDescription: "empty lines", copied: ["one\n\n\n"], log: ["one\n", "\n", "\n", "\n"], rest: "\n"),
            Case(testDescription: "only empty lines", copied: ["\n\n"], log: ["\n", "\n", "\n", "x\n"], rest: "\nx\n"),
            Case(testDescription: "lost empty lines", copied: ["one\n\n\n"], log: ["one\n", "two\n"], rest: "two\n"),
            Case(testDescription: "a lost newline", copied: ["one\n"], log: ["one", "two\n"], rest: "two\n"),
            Case(testDescription: "the same line twice", copied: ["x\nx\n"], log: ["x\n", "x\n", "x\n"], rest: "x\n"),
            Case(testDescription: "pieces of a line", copied: ["abcdef"], log: ["abc", "def", "ghi\n"], rest: "ghi\n"),
            Case(
                testDescription: "a terminal's line ends", copied: ["one\r\n"], log: ["one\r\n", "\r\n"], rest: "\r\n"),
            Case(testDescription: "an accent at the end", copied: ["café"], log: ["café\n"], rest: "\n"),
            Case(
                testDescription: "an accent that json-file has lost", copied: ["café\n"],
                log: ["caf\u{fffd}\u{fffd}\n", "x\n"], rest: "x\n"),
            Case(testDescription: "not logged", copied: ["one\n", "two\n"], log: ["one\n"], rest: nil),
            Case(
                testDescription: "a log that begins later", copied: lines(0..<1000), log: lines(500..<1001),
                rest: "line 1000 of the log\n"),
            Case(
                testDescription: "much at once", copied: ["first\n" + lines(0..<1000).joined()], log: lines(500..<1001),
                rest: "line 1000 of the log\n"),
        ])
    func goesOn(_ life: Case) { #expect(Self.find(life.copied, in: life.log) == life.rest) }

    @Test("wherever it was left", arguments: 0...44)
    func everywhere(place: Int) {
        let text = "one\ntwo\n\nthree three\nonly one\ntwo\n\nthree, tw"
        let bytes = Array(text.utf8)
        let copied = String(decoding: bytes[..<place], as: UTF8.self)
        let log = text.split(separator: "\n", omittingEmptySubsequences: false).map { "\($0)\n" }
        #expect(Self.find([copied], in: log) == String(decoding: bytes[place...], as: UTF8.self) + "\n")
    }

    @Test("of lines that are all the same, the time tells which was the last", arguments: [true, false])
    func heartbeat(isLogged: Bool) {
        let beat = "a heartbeat\n"
        let copied = [String](repeating: beat, count: 2000)
        let log = [String](repeating: beat, count: 2003)
        #expect(Self.find(copied, in: log, isLogged: isLogged) == beat + beat + beat)
    }

    @Test("it stays small, however much was copied")
    func small() {
        var tail = OutputTail(start: Self.time(0))
        let piece = [UInt8](repeating: 120, count: 1000)
        for second in 0..<1000 { tail.append(piece[...], at: Self.time(second), isLogged: false) }
        #expect(!tail.isWhole)
        #expect(tail.start >= Self.time(990))
    }
}
