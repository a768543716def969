// SPDX-License-Identifier: Apache-2.0

@testable import Commands
@testable import Output
@testable import Engine

extension Decoder {
    private static let stamp = "2026-11-21T14:17:19.587279064Z "

    private static func frame(_ stream: UInt8, _ text: String) -> [UInt8] {
        let length = UInt32(text.utf8.count)
        return [stream, 0, 0, 0] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + Array(text.utf8)
    }

    /// The input in pieces, cut at places that depend on it.
    private static func pieces(_ input: [UInt8]) -> [[UInt8]] {
        let size = 1 + Int(input.last ?? 0)
        return stride(from: 0, to: input.count, by: size).map { Array(input[$0..<min($0 + size, input.count)]) }
    }

    /// Reads a log to its end, and looks in it for the place where a stream was left.
    private static func readLog(_ input: [UInt8], hasTerminal: Bool) {
        var log = LogMessages(hasTerminal: hasTerminal)
        var messages: [LogMessages.Message] = []
        for piece in pieces(input) {
            guard let found = try? log.take(piece) else { break }
            messages += found
        }
        messages += [log.finish()].compactMap { $0 }
        var tail = OutputTail(start: messages.first?.time ?? .now)
        for message in messages { tail.append(message.bytes, at: message.time, isLogged: true) }
        _ = (
            tail.reaches(.now), tail.start - OutputTail.delay, tail.shortened(to: 5).withoutLastLine(), tail.last.query
        )
        var search = tail.search()
        for message in messages where search.take(message) != nil { break }
    }

    static let output = [
        Decoder("frames of output", bytes: [frame(1, "one\n") + frame(2, "two\n") + frame(3, "error")]) { input in
            var frames = OutputFrames()
            for piece in pieces(input) { _ = try? frames.take(piece) }
        },
        Decoder(
            "a container's log",
            bytes: [
                frame(1, stamp + "one\n") + frame(2, stamp + "two\n"),
                frame(1, "0001-01-01T00:00:00Z zero\n") + frame(1, "9999-12-31T23:59:59.999999999Z last\n"),
            ]
        ) { readLog($0, hasTerminal: false) },
        Decoder(
            "the log of a container with a terminal",
            [
                stamp + "one\r\n" + stamp + String(repeating: "x", count: LogMessages.pieceLength - 20) + "\r\n",
                stamp + "one\r\n2026-11-21T15:17:19+01:00 two\r\n0001-01-01T00:00:00Z zero\r\n",
            ], cost: 10
        ) { readLog($0, hasTerminal: true) },
        Decoder("timestamps", [stamp, "2026-11-21T15:17:19.5+01:00"]) { input in
            guard let timestamp = Timestamp(startOf: input) else { return }
            _ = LogTime(timestamp)
        },
        Decoder("a former wrapper's mark", bytes: [mark]) { input in
            guard let place = OutputMark.decode(input[...]) else { return }
            for tail in place.tails.values {
                _ = (tail.reaches(place.start), max(place.start, tail.start - OutputTail.delay), tail.search())
                _ = tail.withoutLastLine()
            }
        },
    ]

    private static let mark: [UInt8] = {
        var tail = OutputTail(start: LogTime(nanoseconds: 1))
        tail.append(Array("one\ntwo".utf8)[...], at: LogTime(nanoseconds: .max), isLogged: false)
        return OutputMark.encode(.init(start: LogTime(nanoseconds: .min), tails: [.output: tail, .error: tail]))
    }()
}
