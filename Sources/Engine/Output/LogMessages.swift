// SPDX-License-Identifier: Apache-2.0

/// Splits a container's log, as the Engine sends it with timestamps, into its messages.
///
/// A message is a line with its newline, a piece of 16 KiB of a longer line, or the rest after the last newline. Without
/// a terminal each has a frame of its own (``OutputFrames``); with one only the length of a piece tells where the next
/// begins.
public struct LogMessages: Sendable {
    public struct Message: Sendable, Equatable {
        public var stream: OutputFrames.Stream
        public var time: LogTime
        public var bytes: ArraySlice<UInt8>

        public init(stream: OutputFrames.Stream, time: LogTime, bytes: ArraySlice<UInt8>) {
            (self.stream, self.time, self.bytes) = (stream, time, bytes)
        }
    }

    /// The longest message, unless json-file needs more bytes because it is not UTF-8.
    public static let pieceLength = 16384
    private static let longestFrame = 1 << 20

    private let hasTerminal: Bool
    private var unread: [UInt8] = []
    /// The time of the last message.
    private var latest = LogTime(nanoseconds: 0)

    public init(hasTerminal: Bool) { self.hasTerminal = hasTerminal }

    /// Takes the next bytes.
    ///
    /// - Parameter bytes: The bytes, as they came.
    /// - Returns: The messages that they complete.
    /// - Throws: ``OutputFrames/Malformed``, also if the daemon reports that it cannot read the log.
    public mutating func take(_ bytes: [UInt8]) throws(OutputFrames.Malformed) -> [Message] {
        unread += bytes
        var messages: [Message] = []
        var start = 0
        while let (message, length) = try hasTerminal ? line(from: start) : frame(from: start) {
            messages.append(message)
            start += length
        }
        unread.removeFirst(start)
        return messages
    }

    /// The rest of a terminal's log that has no newline, when nothing more comes.
    public mutating func finish() -> Message? {
        defer { unread = [] }
        return hasTerminal ? message(.output, unread[...]) : nil
    }

    private mutating func frame(from start: Int) throws(OutputFrames.Malformed) -> (Message, length: Int)? {
        guard unread.count - start >= OutputFrames.headLength else { return nil }
        let body = start + OutputFrames.headLength
        let length = unread[start + 4..<body].reduce(0) { $0 << 8 | Int($1) }
        guard let stream = OutputFrames.Stream(rawValue: unread[start]), length <= Self.longestFrame else {
            throw OutputFrames.Malformed()
        }
        guard unread.count - body >= length else { return nil }
        guard let message = message(stream, unread[body..<body + length]) else { throw OutputFrames.Malformed() }
        return (message, OutputFrames.headLength + length)
    }

    private mutating func line(from start: Int) throws(OutputFrames.Malformed) -> (Message, length: Int)? {
        guard let (_, headLength) = head(of: unread[start...]) else {
            guard unread.count - start <= Timestamp.longest else { throw OutputFrames.Malformed() }
            return nil
        }
        guard let end = try lineEnd(after: start, start + headLength),
            let message = message(.output, unread[start..<end])
        else { return nil }
        return (message, end - start)
    }

    /// The end of a terminal's message whose text begins at `text`; `nil` if more bytes are needed to tell.
    private func lineEnd(after start: Int, _ text: Int) throws(OutputFrames.Malformed) -> Int? {
        let newline = UInt8(ascii: "\n")
        let next = text + Self.pieceLength
        if let end = unread[text...].prefix(Self.pieceLength).firstIndex(of: newline) { return end + 1 }
        guard unread.count > next else { return nil }
        // The container's own output may look like a timestamp, but hardly like one of these years.
        if let (timestamp, _) = head(of: unread[next...]), LogTime(timestamp) != nil { return next }
        guard unread.count >= next + Timestamp.longest else { return nil }
        guard unread.count - start <= Self.longestFrame else { throw OutputFrames.Malformed() }
        // A piece that was not UTF-8 is longer in json-file.
        return unread[next...].firstIndex(of: newline).map { $0 + 1 }
    }

    /// The message with the timestamp at its beginning; `nil` if that is missing.
    ///
    /// An impossible time (the log was damaged, or the clock was not set) is replaced by that of the message before it: a
    /// log is in order.
    private mutating func message(_ stream: OutputFrames.Stream, _ text: ArraySlice<UInt8>) -> Message? {
        guard let (timestamp, head) = head(of: text) else { return nil }
        latest = LogTime(timestamp) ?? latest
        return Message(stream: stream, time: latest, bytes: text.dropFirst(head))
    }

    /// The timestamp of a message, and the length of it and the space after it; `nil` if it is incomplete.
    private func head(of text: ArraySlice<UInt8>) -> (Timestamp, length: Int)? {
        guard let timestamp = Timestamp(startOf: text.prefix(Timestamp.longest)),
            text.dropFirst(timestamp.length).first == UInt8(ascii: " ")
        else { return nil }
        return (timestamp, timestamp.length + 1)
    }
}
