// SPDX-License-Identifier: Apache-2.0

import Engine
import Testing

@testable import Output

@Suite("The mark of how far output is copied")
struct OutputMarkTests {
    private static func tail(_ text: String, _ time: Int64 = 5, isLogged: Bool = false) -> OutputTail {
        var tail = OutputTail(start: LogTime(nanoseconds: 1))
        tail.append(Array(text.utf8)[...], at: LogTime(nanoseconds: time), isLogged: isLogged)
        return tail
    }

    private static let places = [
        OutputMark.Place(start: LogTime(nanoseconds: 7), tails: [:]),
        OutputMark.Place(start: LogTime(nanoseconds: 7), tails: [.output: tail("one\n")]),
        OutputMark.Place(
            start: LogTime(nanoseconds: 1 << 60),
            tails: [.output: tail(String(repeating: "é\n", count: 500)), .error: tail("x", isLogged: true)]),
    ]

    @Test("is read as it was written", arguments: places)
    func whole(place: OutputMark.Place) {
        let found = OutputMark.decode(OutputMark.encode(place)[...])
        #expect(found?.start == place.start)
        #expect(found?.tails.mapValues(\.numbers) == place.tails.mapValues(\.numbers))
        #expect(found?.tails.mapValues(\.bytes) == place.tails.mapValues(\.bytes))
    }

    @Test("that is cut is none, or one of fewer streams", arguments: places)
    func cut(place: OutputMark.Place) {
        let bytes = OutputMark.encode(place)
        for count in bytes.indices {
            guard let found = OutputMark.decode(bytes[..<count]) else { continue }
            #expect(found.tails.count < place.tails.count)
        }
        #expect(OutputMark.decode((bytes + [UInt8](repeating: 0xff, count: 56))[...]) == nil)
    }

    @Test("has the end of what was copied, and says whether that is all")
    func shortened() {
        let tail = Self.tail("one\ntwo\n")
        #expect(tail.shortened(to: 8).bytes == tail.bytes && tail.shortened(to: 8).numbers == tail.numbers)
        #expect(tail.shortened(to: 4).bytes == Array("two\n".utf8))
        #expect(tail.shortened(to: 8).isWhole && !tail.shortened(to: 4).isWhole)
    }

    @Test("does not count a line that is held until it ends, which goes on somewhere later than the former ones")
    func held() {
        let tail = Self.tail("one\ntw", 5)
        #expect(tail.withoutLastLine().bytes == Array("one\n".utf8))
        #expect(tail.withoutLastLine().last == tail.start)
        #expect(Self.tail("tw").withoutLastLine().isEmpty)
    }
}
