// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Linux

/// A moment as a container's log has it: nanoseconds since 1970, by the daemon's clock, which is ours.
public struct LogTime: Sendable, Comparable {
    public var nanoseconds: Int64

    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Now (clock_gettime(2), CLOCK_REALTIME).
    public static var now: LogTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return LogTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// - Returns: `nil` for a time before 1970, which Go's zero time is (the year 1), and for one after 2254, which
    ///   64 bits of nanoseconds do not reach for long: no clock has shown either.
    init?(_ timestamp: Timestamp) {
        guard (0..<9_000_000_000).contains(timestamp.seconds) else { return nil }
        nanoseconds = timestamp.seconds * 1_000_000_000 + timestamp.nanoseconds
    }

    /// `1795270639.587279064`, as the Engine wants to be asked.
    var query: String {
        let (seconds, rest) = max(0, nanoseconds).quotientAndRemainder(dividingBy: 1_000_000_000)
        return "\(seconds).\(String(1_000_000_000 + rest).dropFirst())"
    }

    public static func + (one: LogTime, other: LogTime) -> LogTime {
        LogTime(nanoseconds: one.nanoseconds.addingSaturating(other.nanoseconds))
    }

    public static func - (one: LogTime, other: LogTime) -> LogTime {
        LogTime(nanoseconds: one.nanoseconds.subtractingSaturating(other.nanoseconds))
    }

    public static func < (one: LogTime, other: LogTime) -> Bool { one.nanoseconds < other.nanoseconds }
}

/// What the Engine sends of a container's log, with timestamps, cut into the messages that the log is made of.
///
/// A message is a line with its newline, a piece of 16 KiB of a line that is longer, or what stood behind the last
/// newline. Without a terminal each comes in a frame of its own (``OutputFrames``); with one nothing but the length of
/// a piece tells where the next begins.
public struct LogMessages: Sendable {
    public struct Message: Sendable, Equatable {
        public var stream: OutputFrames.Stream
        public var time: LogTime
        public var bytes: ArraySlice<UInt8>

        public init(stream: OutputFrames.Stream, time: LogTime, bytes: ArraySlice<UInt8>) {
            (self.stream, self.time, self.bytes) = (stream, time, bytes)
        }
    }

    /// The longest that a message of a log is, but for what json-file has to spell in more bytes.
    public static let pieceLength = 16384
    private static let longestFrame = 1 << 20

    private let hasTerminal: Bool
    private var unread: [UInt8] = []
    /// When the last message was logged.
    private var latest = LogTime(nanoseconds: 0)

    public init(hasTerminal: Bool) { self.hasTerminal = hasTerminal }

    /// Takes the next bytes, and returns the messages that are whole.
    ///
    /// - Throws: also where the daemon says in between that it cannot read the log.
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

    /// Whatever a terminal's log has sent without a newline, when nothing more comes.
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

    /// Where a terminal's message ends whose text begins at `text`; `nil` as long as more has to come to tell.
    private func lineEnd(after start: Int, _ text: Int) throws(OutputFrames.Malformed) -> Int? {
        let newline = UInt8(ascii: "\n")
        let next = text + Self.pieceLength
        if let end = unread[text...].prefix(Self.pieceLength).firstIndex(of: newline) { return end + 1 }
        guard unread.count > next else { return nil }
        // What the container itself wrote may look like a time, but hardly like one of these years.
        if let (timestamp, _) = head(of: unread[next...]), LogTime(timestamp) != nil { return next }
        guard unread.count >= next + Timestamp.longest else { return nil }
        guard unread.count - start <= Self.longestFrame else { throw OutputFrames.Malformed() }
        // json-file has spelt what was not UTF-8 in more bytes.
        return unread[next...].firstIndex(of: newline).map { $0 + 1 }
    }

    /// One message with its time before it; `nil` where that is missing.
    ///
    /// A time that cannot be is passed over (the log was damaged, or no clock was set): the message is as old as the one
    /// before it, for a log keeps the order.
    private mutating func message(_ stream: OutputFrames.Stream, _ text: ArraySlice<UInt8>) -> Message? {
        guard let (timestamp, head) = head(of: text) else { return nil }
        latest = LogTime(timestamp) ?? latest
        return Message(stream: stream, time: latest, bytes: text.dropFirst(head))
    }

    /// When a message was logged, and how many bytes that and the space after it take; `nil` where they are not all there.
    private func head(of text: ArraySlice<UInt8>) -> (Timestamp, length: Int)? {
        guard let timestamp = Timestamp(startOf: text.prefix(Timestamp.longest)),
            text.dropFirst(timestamp.length).first == UInt8(ascii: " ")
        else { return nil }
        return (timestamp, timestamp.length + 1)
    }
}
