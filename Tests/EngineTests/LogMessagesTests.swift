// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Engine

@Suite("Messages of a log")
struct LogMessagesTests {
    private typealias Message = LogMessages.Message

    private static let long = String(repeating: "x", count: LogMessages.pieceLength)

    private static func stamp(_ number: Int) -> String { "2026-11-21T14:17:19.00000000\(number)Z " }
    private static func time(_ number: Int) -> LogTime {
        LogTime(nanoseconds: 1_795_270_639_000_000_000 + Int64(number))
    }

    private static func frame(_ stream: UInt8, _ text: String) -> [UInt8] {
        let length = UInt32(text.utf8.count)
        return [stream, 0, 0, 0] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + Array(text.utf8)
    }

    private static func message(_ stream: OutputFrames.Stream, _ number: Int, _ text: String) -> Message {
        Message(stream: stream, time: time(number), bytes: Array(text.utf8)[...])
    }

    private static let framed =
        frame(1, stamp(1) + "one\n") + frame(2, stamp(2) + "é\n") + frame(1, stamp(3) + "\n")
        + frame(1, stamp(4) + "end")
    private static let messages = [
        message(.output, 1, "one\n"), message(.error, 2, "é\n"), message(.output, 3, "\n"), message(.output, 4, "end"),
    ]

    @Test("a frame is a message, wherever the connection cuts it", arguments: 0...framed.count)
    func cut(at place: Int) throws {
        var log = LogMessages(hasTerminal: false)
        let found = try log.take(Array(Self.framed[..<place])) + log.take(Array(Self.framed[place...]))
        #expect(found == Self.messages)
        #expect(log.finish() == nil)
    }

    @Test("a terminal's messages are lines, pieces of 16 KiB, and a rest without a newline")
    func terminal() throws {
        let text =
            Self.stamp(1) + "one\r\n" + Self.stamp(2) + Self.long + Self.stamp(2) + "y\r\n" + Self.stamp(3) + "end"
        let expected = [
            Self.message(.output, 1, "one\r\n"), Self.message(.output, 2, Self.long), Self.message(.output, 2, "y\r\n"),
        ]
        for size in [1, 7, 29, 30, 31, 4096, 40000] {
            var log = LogMessages(hasTerminal: true)
            let bytes = Array(text.utf8)
            var found: [Message] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                found += try log.take(Array(bytes[start..<min(start + size, bytes.count)]))
            }
            #expect(found == expected, "in parts of \(size)")
            #expect(log.finish() == Self.message(.output, 3, "end"))
        }
    }

    @Test("a terminal's line that json-file has spelt in more than 16 KiB is one message")
    func longer() throws {
        var log = LogMessages(hasTerminal: true)
        let found = try log.take(Array((Self.stamp(1) + Self.long + Self.long + "\n" + Self.stamp(2) + "x\n").utf8))
        #expect(
            found == [Self.message(.output, 1, Self.long + Self.long + "\n"), Self.message(.output, 2, "x\n")])
    }

    @Test(
        "what is no message is refused",
        arguments: [
            frame(3, "Error grabbing logs: unexpected EOF\n"), frame(1, "no timestamp at all, though it is long\n"),
            frame(1, "short"), frame(7, stamp(1) + "x"), [1, 0, 0, 0, 255, 0, 0, 0],
        ])
    func malformed(bytes: [UInt8]) {
        var log = LogMessages(hasTerminal: false)
        #expect(throws: OutputFrames.Malformed.self) { try log.take(bytes) }
    }

    @Test("Docker before 23 has the log driver local write the machine's own zone", arguments: [false, true])
    func zone(hasTerminal: Bool) throws {
        var log = LogMessages(hasTerminal: hasTerminal)
        let text = "2026-11-21T15:17:19.000000001+01:00 one\n"
        #expect(
            try log.take(hasTerminal ? Array(text.utf8) : Self.frame(1, text)) == [Self.message(.output, 1, "one\n")])
    }

    @Test("what a container writes is no time, though it looks like one")
    func looksLikeTime() throws {
        for time in ["9999-12-31T23:59:59.999999999Z ", "2026-11-21T14:17:19.000000001Z!"] {
            var log = LogMessages(hasTerminal: true)
            let line = Self.long + time + "and more of it\n"
            #expect(try log.take(Array((Self.stamp(1) + line).utf8)) == [Self.message(.output, 1, line)])
        }
    }

    @Test("a message whose time cannot be is as old as the one before it", arguments: [false, true])
    func impossibleTimes(hasTerminal: Bool) throws {
        let lines = [
            ("0001-01-01T00:00:00Z ", "first\n", LogTime(nanoseconds: 0)), (Self.stamp(1), "one\n", Self.time(1)),
            ("9999-12-31T23:59:59.999999999Z ", "two\n", Self.time(1)),
            ("2262-04-11T23:47:16.854775808Z ", "three\n", Self.time(1)),
            ("0001-01-01T00:00:00.000000000Z ", "four\n", Self.time(1)),
            ("1969-12-31T23:59:59.999999999Z ", "five\n", Self.time(1)), (Self.stamp(2), "six\n", Self.time(2)),
        ]
        var log = LogMessages(hasTerminal: hasTerminal)
        let text = lines.flatMap { time, line, _ in
            hasTerminal ? Array((time + line).utf8) : Self.frame(1, time + line)
        }
        #expect(
            try log.take(text) == lines.map { Message(stream: .output, time: $0.2, bytes: Array($0.1.utf8)[...]) })
    }

    @Test("times at the ends of what 64 bits hold stay there")
    func ends() {
        let (first, last) = (LogTime(nanoseconds: .min), LogTime(nanoseconds: .max))
        let delay = LogTime(nanoseconds: 5_000_000_000)
        #expect(last + delay == last && first - delay == first && first < last)
        #expect(last - delay < last && first + delay > first)
        #expect(first.query == "0.000000000" && last.query == "9223372036.854775807")
    }

    @Test(
        "a timestamp is read to the nanosecond, in any zone",
        arguments: zip(
            [
                "1970-01-01T00:00:00.000000001Z", "2026-11-21T14:17:19.587279064Z", "2000-02-29T23:59:59.999999999Z",
                "2026-11-21T15:17:19.587279064+01:00", "2026-11-21T09:47:19.587279064-04:30", "1970-01-01T00:00:01Z",
                "1970-01-01T00:00:01.5Z and more",
            ],
            [
                1, 1_795_270_639_587_279_064, 951_868_799_999_999_999, 1_795_270_639_587_279_064,
                1_795_270_639_587_279_064, 1_000_000_000, 1_500_000_000,
            ] as [Int64]))
    func reads(text: String, nanoseconds: Int64) throws {
        #expect(try LogTime(#require(Timestamp(startOf: text.utf8)))?.nanoseconds == nanoseconds)
    }

    @Test("the Engine is asked in seconds, with nine digits after the point")
    func asks() {
        #expect(LogTime(nanoseconds: 1_795_270_639_000_000_042).query == "1795270639.000000042")
        #expect(LogTime(nanoseconds: -5).query == "0.000000000")
    }

    @Test(
        "what is no timestamp is none",
        arguments: [
            "", "2026-11-21T14:17:19.587279064", "2026-11-21T14:17:19.587279064+", "2026-11-21 14:17:19.587279064Z",
            "2026-11-2xT14:17:19.587279064Z", "2026-11-21T14:17:19.Z", "2026-11-21T14:17:19.5872790641Z",
            "2026-11-21T14:17:19.5+0100", "2026/11/21T14:17:19Z", "2026-13-21T14:17:19Z", "2026-02-29T14:17:19Z",
            "2026-00-21T14:17:19Z", "2026-11-21T24:17:19Z", "2026-11-21T14:60:19Z", "2026-11-21T14:17:99Z",
        ])
    func notATime(text: String) { #expect(Timestamp(startOf: text.utf8) == nil) }
}
