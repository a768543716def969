// SPDX-License-Identifier: Apache-2.0

internal import Engine

/// The last of what was copied of one stream: where it stands in the container's log, copying goes on.
///
/// The attached stream has no timestamps, and a log that is rotated has no beginning to count from. So the place is found
/// by what stands there, and when.
struct OutputTail {
    /// What is remembered at least of a stream that was longer.
    private static let length = 4096
    /// How much sooner than we have read it a line may have been logged, and how much later.
    static let delay = LogTime(nanoseconds: 5_000_000_000)
    private static let jitter = LogTime(nanoseconds: 50_000_000)

    private var older: [UInt8] = []
    private var newer: [UInt8] = []
    private var olderStart: LogTime
    private var newerStart: LogTime
    /// When the last of it came.
    private(set) var last: LogTime
    /// All there was, not the end of it.
    private(set) var isWhole = true
    /// The times are the log's own.
    private var isExact = false

    /// Nothing yet, of an output that began then.
    init(start: LogTime) {
        (olderStart, newerStart, last) = (start, start, start)
    }

    /// When the first of it came.
    var start: LogTime { older.isEmpty ? newerStart : olderStart }

    /// Whether some of it may stand in a log that is read from then on.
    func reaches(_ time: LogTime) -> Bool {
        // What came late by the attached stream may have begun later than what the log had after it.
        max(start, last) + Self.delay >= time
    }

    /// Remembers what was copied.
    mutating func append(_ bytes: ArraySlice<UInt8>, at time: LogTime, isLogged: Bool) {
        guard !bytes.isEmpty else { return }
        if newer.count + bytes.count > Self.length {
            if !older.isEmpty || bytes.count > Self.length { isWhole = false }
            // What comes may be longer than all that is remembered: then nothing before it joins on.
            (older, olderStart) = (bytes.count > Self.length ? [] : newer, newerStart)
            newer.removeAll(keepingCapacity: true)
        }
        if newer.isEmpty { newerStart = time }
        newer += bytes.suffix(Self.length)
        (last, isExact) = (time, isLogged)
    }

    /// What is noted of it beside its bytes.
    var numbers: [Int64] { [start.nanoseconds, last.nanoseconds, isWhole ? 1 : 0, isExact ? 1 : 0] }

    /// What is remembered of it.
    var bytes: [UInt8] { older + newer }

    /// One that was noted as ``numbers`` and ``bytes``.
    init?(numbers: [Int64], bytes: [UInt8]) {
        guard numbers.count == 4 else { return nil }
        self.init(start: LogTime(nanoseconds: numbers[0]))
        (last, isWhole, isExact) = (LogTime(nanoseconds: numbers[1]), numbers[2] == 1, numbers[3] == 1)
        newer = bytes
    }

    /// The same, of fewer bytes.
    func shortened(to length: Int) -> OutputTail {
        var tail = OutputTail(start: start)
        (tail.last, tail.isExact) = (last, isExact)
        tail.newer = bytes.suffix(length)
        tail.isWhole = isWhole && tail.newer.count == older.count + newer.count
        return tail
    }

    /// The same up to its last newline; empty where it has none.
    func withoutLastLine() -> OutputTail {
        var tail = self
        tail.newer = Array(bytes[..<(bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0)])
        tail.older = []
        // When that came is not known: its first byte is the latest that it cannot have come before.
        (tail.newerStart, tail.last) = (start, start)
        return tail
    }

    var isEmpty: Bool { older.isEmpty && newer.isEmpty }

    /// Looks for the place in a log that is read from some time before ``start``.
    func search() -> Search {
        Search(older + newer, isWhole: isWhole, last: (isExact ? last : last - Self.jitter))
    }

    /// A search for the place behind the tail, in one message of the log after the other (Knuth, Morris, Pratt).
    ///
    /// What counts is printable ASCII. json-file turns what is not UTF-8 into U+FFFD; journald loses empty lines, and
    /// local the newline of a line of more than 16 KiB (both Docker 20.10).
    struct Search {
        private let pattern: [UInt8]
        /// For each length of a match, how much of it is the beginning of another one.
        private let borders: [Int]
        /// A tail that repeats itself is found at its time; any other at once.
        private let earliest: LogTime?
        private var matched = 0
        /// What stands between the last printable byte of the tail and its end.
        private var newlines: Int
        private var others: Int

        fileprivate init(_ tail: [UInt8], isWhole: Bool, last: LogTime) {
            let rest = tail.reversed().prefix { !Search.counts($0) }
            newlines = rest.count { $0 == UInt8(ascii: "\n") }
            others = newlines == 0 ? rest.count : 0
            let pattern = tail.filter(Search.counts)
            var borders = [0, 0]
            borders.reserveCapacity(pattern.count + 1)
            for index in pattern.indices.dropFirst() {
                var border = borders[index]
                while border > 0, pattern[border] != pattern[index] { border = borders[border] }
                borders.append(pattern[border] == pattern[index] ? border + 1 : 0)
            }
            self.pattern = pattern
            self.borders = borders
            let repeats = (borders[pattern.count]) * 2 >= pattern.count
            earliest = !isWhole && repeats ? last : nil
        }

        private static func counts(_ byte: UInt8) -> Bool { (0x20..<0x7f).contains(byte) }

        /// Takes the next message, and returns what of it comes behind the tail; `nil` as long as the tail goes on.
        mutating func take(_ message: LogMessages.Message) -> ArraySlice<UInt8>? {
            var rest = message.bytes
            if matched < pattern.count {
                guard let end = match(rest, at: message.time) else { return nil }
                rest = rest[end...]
            }
            return skip(rest)
        }

        /// The index behind the match, if it ends here.
        private mutating func match(_ bytes: ArraySlice<UInt8>, at time: LogTime) -> Int? {
            for index in bytes.indices where Self.counts(bytes[index]) {
                while matched > 0, pattern[matched] != bytes[index] { matched = borders[matched] }
                if pattern[matched] == bytes[index] { matched += 1 }
                guard matched == pattern.count else { continue }
                if earliest.map({ time >= $0 }) ?? true { return index + 1 }
                matched = borders[matched]
            }
            return nil
        }

        /// Passes over the newlines that the tail ended with, which have no other mark.
        private mutating func skip(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
            var rest = bytes
            while let byte = rest.first, newlines + others > 0, !Self.counts(byte) {
                if newlines == 0 {
                    others -= 1
                } else if byte == UInt8(ascii: "\n") {
                    newlines -= 1
                }
                rest = rest.dropFirst()
            }
            // Something printable comes: what is missing here, the log has lost.
            if !rest.isEmpty { (newlines, others) = (0, 0) }
            return newlines + others > 0 ? nil : rest
        }
    }
}
