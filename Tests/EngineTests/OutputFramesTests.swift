// SPDX-License-Identifier: Apache-2.0

import Engine
import Testing

@Suite("Output frames")
struct OutputFramesTests {
    private typealias Piece = OutputFrames.Piece

    private static func frame(_ stream: UInt8, _ text: String) -> [UInt8] {
        let length = UInt32(text.utf8.count)
        return [stream, 0, 0, 0] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + Array(text.utf8)
    }

    private static func piece(_ stream: OutputFrames.Stream, _ text: String) -> Piece {
        Piece(stream: stream, bytes: Array(text.utf8))
    }

    private static let bytes =
        frame(1, "one\n") + frame(1, "two\n") + frame(2, "error\n") + frame(1, "") + frame(1, "three\n")
    private static let pieces = [piece(.output, "one\ntwo\n"), piece(.error, "error\n"), piece(.output, "three\n")]

    /// Neighbours of one stream put together, since where they are cut means nothing.
    private static func joined(_ pieces: [Piece]) -> [Piece] {
        pieces.reduce(into: []) { result, piece in
            if result.last?.stream == piece.stream {
                result[result.count - 1].bytes += piece.bytes
            } else {
                result.append(piece)
            }
        }
    }

    @Test("each stream's bytes come out in order, those of one stream together")
    func whole() throws {
        var frames = OutputFrames()
        #expect(try frames.take(Self.bytes) == Self.pieces)
        #expect(try frames.take([]).isEmpty)
    }

    @Test("wherever the connection cuts them", arguments: 0...bytes.count)
    func cut(at place: Int) throws {
        var frames = OutputFrames()
        let found = try frames.take(Array(Self.bytes[..<place])) + frames.take(Array(Self.bytes[place...]))
        #expect(Self.joined(found) == Self.pieces)
    }

    @Test("in parts of any length", arguments: 1...9)
    func parts(length: Int) throws {
        var frames = OutputFrames()
        var found: [Piece] = []
        for start in stride(from: 0, to: Self.bytes.count, by: length) {
            found += try frames.take(Array(Self.bytes[start..<min(start + length, Self.bytes.count)]))
        }
        #expect(Self.joined(found) == Self.pieces)
    }

    @Test("what has come of a piece comes out at once: nobody waits for the rest of it")
    func atOnce() throws {
        var frames = OutputFrames()
        #expect(try frames.take([1, 0, 0, 0, 0, 0, 0, 9] + Array("ab".utf8)) == [Self.piece(.output, "ab")])
        #expect(try frames.take(Array("c".utf8)) == [Self.piece(.output, "c")])
    }

    @Test("a piece may be longer than 16 bits count")
    func long() throws {
        var frames = OutputFrames()
        let text = String(repeating: "0123456789abcdef", count: 8192)
        let found = try frames.take(Self.frame(2, text)) + frames.take(Self.frame(1, "end"))
        #expect(found == [Self.piece(.error, text), Self.piece(.output, "end")])
    }

    @Test("all four bytes of the length count")
    func lengthBytes() throws {
        var frames = OutputFrames()
        // 0x01020304 bytes are announced: what follows belongs to them.
        #expect(try frames.take([1, 0, 0, 0, 1, 2, 3, 4]).isEmpty)
        let part = [UInt8](repeating: 2, count: 1 << 16)
        for _ in 0..<0x102 { #expect(try frames.take(part) == [Piece(stream: .output, bytes: part)]) }
        #expect(
            try frames.take([UInt8](repeating: 7, count: 0x304) + Self.frame(2, "x")).last == Self.piece(.error, "x"))
    }

    @Test("the daemon's own errors are errors")
    func daemonError() throws {
        var frames = OutputFrames()
        #expect(try frames.take(Self.frame(3, "no space left")) == [Self.piece(.error, "no space left")])
    }

    @Test("a head that names no stream is refused, also after a good piece", arguments: [UInt8(0), 4, 72, 255])
    func malformed(stream: UInt8) throws {
        var frames = OutputFrames()
        #expect(throws: OutputFrames.Malformed.self) { try frames.take(Self.frame(stream, "x")) }
        var later = OutputFrames()
        #expect(try later.take(Self.frame(1, "x")) == [Self.piece(.output, "x")])
        #expect(throws: OutputFrames.Malformed.self) { try later.take(Self.frame(stream, "x")) }
        var together = OutputFrames()
        #expect(try together.take(Self.frame(1, "x") + Self.frame(stream, "y")) == [Self.piece(.output, "x")])
        #expect(throws: OutputFrames.Malformed.self) { try together.take(Self.frame(1, "z")) }
    }
}
