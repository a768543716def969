// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Linux

/// A point in time as container logs and events have it: nanoseconds since 1970, by the host's clock.
public struct LogTime: Sendable, Comparable {
    public var nanoseconds: Int64

    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Now (clock_gettime(2), CLOCK_REALTIME).
    public static var now: LogTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return LogTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// - Returns: `nil` for a time before 1970, such as Go's zero time (the year 1), and for one after 2254, near which
    ///   64 bits of nanoseconds overflow: no clock has shown either.
    init?(_ timestamp: Timestamp) {
        guard (0..<9_000_000_000).contains(timestamp.seconds) else { return nil }
        nanoseconds = timestamp.seconds * 1_000_000_000 + timestamp.nanoseconds
    }

    /// The time in a query: `1795270639.587279064`.
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
