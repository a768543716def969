// SPDX-License-Identifier: Apache-2.0

/// Splits a container's output, which the Engine sends over one connection, into stdout and stderr.
///
/// Each frame has a header of 8 bytes: the stream (1 stdout, 2 stderr), three zeros, and the length as a big-endian
/// number (API: "Attach to a container", stream format). The output of a terminal has no frames.
public struct OutputFrames: Sendable {
    public enum Stream: UInt8, Sendable { case output = 1, error = 2 }

    public struct Piece: Sendable, Equatable {
        public var stream: Stream
        public var bytes: [UInt8]

        public init(stream: Stream, bytes: [UInt8]) {
            self.stream = stream
            self.bytes = bytes
        }
    }

    /// The stream does not have this format.
    public struct Malformed: Error, Equatable, Sendable {}

    static let headLength = 8
    private var head: [UInt8] = []
    private var stream = Stream.output
    private var missing = 0
    private var isMalformed = false

    public init() {}

    /// Takes the next bytes of the connection.
    ///
    /// - Parameter bytes: The bytes, as they came.
    /// - Returns: The output in them, in order.
    /// - Throws: ``Malformed`` if a frame does not begin with a header, and from then on; the frames before it are
    ///   returned first.
    public mutating func take(_ bytes: [UInt8]) throws(Malformed) -> [Piece] {
        var pieces: [Piece] = []
        var rest = bytes[...]
        if isMalformed { throw Malformed() }
        while !rest.isEmpty {
            if missing == 0 {
                let part = rest.prefix(Self.headLength - head.count)
                head += part
                rest = rest.dropFirst(part.count)
                guard head.count == Self.headLength else { break }
                // The daemon sends its own errors as stream 3.
                guard let stream = Stream(rawValue: head[0]) ?? (head[0] == 3 ? .error : nil) else {
                    isMalformed = true
                    guard pieces.isEmpty else { return pieces }
                    throw Malformed()
                }
                self.stream = stream
                missing = head[4...].reduce(0) { $0 << 8 | Int($1) }
                head = []
            } else {
                let part = rest.prefix(missing)
                missing -= part.count
                rest = rest.dropFirst(part.count)
                if pieces.last?.stream == stream {
                    pieces[pieces.count - 1].bytes += part
                } else {
                    pieces.append(Piece(stream: stream, bytes: Array(part)))
                }
            }
        }
        return pieces
    }
}
