// SPDX-License-Identifier: Apache-2.0

internal import Glibc

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

    static let textLength = 30

    /// Reads `2026-11-21T14:17:19.587279064Z`, as the Engine writes it: always UTC, always nine digits.
    init?(_ text: some Collection<UInt8>) {
        let text = Array(text)
        guard text.count == Self.textLength, text[29] == UInt8(ascii: "Z"), text[10] == UInt8(ascii: "T") else {
            return nil
        }
        func number(_ range: Range<Int>) -> Int64? {
            range.reduce(0) { sum, index in
                sum.flatMap { (48...57).contains(text[index]) ? $0 * 10 + Int64(text[index] - 48) : nil }
            }
        }
        let parts = [0..<4, 5..<7, 8..<10, 11..<13, 14..<16, 17..<19, 20..<29].map(number)
        guard case let values = parts.compactMap({ $0 }), values.count == 7 else { return nil }
        var calendar = tm()
        calendar.tm_year = Int32(values[0] - 1900)
        calendar.tm_mon = Int32(values[1] - 1)
        calendar.tm_mday = Int32(values[2])
        calendar.tm_hour = Int32(values[3])
        calendar.tm_min = Int32(values[4])
        calendar.tm_sec = Int32(values[5])
        nanoseconds = Int64(timegm(&calendar)) * 1_000_000_000 + values[6]
    }

    /// `1795270639.587279064`, as the Engine wants to be asked.
    var query: String {
        let (seconds, rest) = max(0, nanoseconds).quotientAndRemainder(dividingBy: 1_000_000_000)
        return "\(seconds).\(String(1_000_000_000 + rest).dropFirst())"
    }

    public static func + (one: LogTime, other: LogTime) -> LogTime {
        LogTime(nanoseconds: one.nanoseconds + other.nanoseconds)
    }

    public static func - (one: LogTime, other: LogTime) -> LogTime {
        LogTime(nanoseconds: one.nanoseconds - other.nanoseconds)
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
        guard hasTerminal, let time = LogTime(unread.prefix(LogTime.textLength)) else { return nil }
        return Message(stream: .output, time: time, bytes: unread.dropFirst(LogTime.textLength + 1))
    }

    private func frame(from start: Int) throws(OutputFrames.Malformed) -> (Message, length: Int)? {
        guard unread.count - start >= OutputFrames.headLength else { return nil }
        let body = start + OutputFrames.headLength
        let length = unread[start + 4..<body].reduce(0) { $0 << 8 | Int($1) }
        guard let stream = OutputFrames.Stream(rawValue: unread[start]), length > LogTime.textLength,
            length <= Self.longestFrame
        else { throw OutputFrames.Malformed() }
        guard unread.count - body >= length else { return nil }
        return (try message(stream, unread[body..<body + length]), OutputFrames.headLength + length)
    }

    private func line(from start: Int) throws(OutputFrames.Malformed) -> (Message, length: Int)? {
        let head = start + LogTime.textLength + 1
        guard unread.count > head else { return nil }
        let newline = unread[head...].prefix(Self.pieceLength).firstIndex(of: UInt8(ascii: "\n"))
        let next = head + Self.pieceLength
        if let newline { return (try message(.output, unread[start...newline]), newline + 1 - start) }
        guard unread.count >= next + LogTime.textLength else { return nil }
        if LogTime(unread[next..<next + LogTime.textLength]) != nil {
            return (try message(.output, unread[start..<next]), next - start)
        }
        guard unread.count - start <= Self.longestFrame else { throw OutputFrames.Malformed() }
        // json-file has spelt what was not UTF-8 in more bytes.
        guard let newline = unread[next...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        return (try message(.output, unread[start...newline]), newline + 1 - start)
    }

    private func message(
        _ stream: OutputFrames.Stream, _ text: ArraySlice<UInt8>
    ) throws(OutputFrames.Malformed) -> Message {
        guard let time = LogTime(text.prefix(LogTime.textLength)) else { throw OutputFrames.Malformed() }
        return Message(stream: stream, time: time, bytes: text.dropFirst(LogTime.textLength + 1))
    }
}
