// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Cuts what the Engine tells of a pull into lines, and keeps those that are worth a look.
///
/// `{"status":"Downloading","progressDetail":{"current":1,"total":2},"progress":"[>  ]","id":"d921fc54ddbf"}`
struct ProgressSieve {
    /// More than any line has to say.
    private static let longest = 1 << 20
    private static let progress = ["Downloading", "Extracting"].map { Array(#"{"status":"\#($0)""#.utf8) }

    private let pause: UInt64
    /// When the first line may have come, by the same clock as ``now``.
    private let start: UInt64
    private var unread: [UInt8] = []
    /// When the last line was looked at that had this end, the layer's ID.
    private var looks: [ArraySlice<UInt8>: UInt64] = [:]
    /// The last line told how far a layer has come: more of them will follow.
    private var endsInProgress = false

    /// How long lines may now be left to gather, in microseconds: ten a second come for each layer, each a wake-up.
    ///
    /// That is also how much later the end is seen: a sixteenth of what it took, or a quarter of a second.
    var rest: UInt64? { endsInProgress && pause > 0 ? min(pause, max(250_000, (Self.now - start) / 16)) : nil }

    /// - Parameter pause: in microseconds, between two lines about how far the same layer has come.
    init(pause: UInt64, since start: UInt64 = now) {
        self.pause = pause
        self.start = start
    }

    /// The lines that these bytes finish; `nil` stands for one that is not worth a look.
    mutating func take(_ piece: [UInt8]) -> [ArraySlice<UInt8>?] {
        guard let end = piece.lastIndex(of: UInt8(ascii: "\n")) else {
            unread += piece
            if unread.count > Self.longest { unread = [] }
            return []
        }
        let lines = (unread + piece[..<end]).split(separator: UInt8(ascii: "\n"))
        unread = Array(piece[(end + 1)...])
        let now = Self.now
        return lines.map { isWorthALook($0, at: now) ? $0 : nil }
    }

    static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000
    }

    private mutating func isWorthALook(_ line: ArraySlice<UInt8>, at now: UInt64) -> Bool {
        endsInProgress = Self.progress.contains(where: line.starts(with:))
        guard endsInProgress else { return true }
        let layer = Array(line.suffix(16))[...]
        if let last = looks[layer], now - last < pause { return false }
        looks[layer] = now
        return true
    }
}
