// SPDX-License-Identifier: Apache-2.0

/// Splits what the Engine reports about a pull into lines, and picks those that are worth decoding.
///
/// `{"status":"Downloading","progressDetail":{"current":1,"total":2},"progress":"[>  ]","id":"d921fc54ddbf"}`
struct ProgressSieve {
    /// No message is longer.
    private static let longest = 1 << 20
    private static let progress = ["Downloading", "Extracting"].map { Array(#"{"status":"\#($0)""#.utf8) }

    private let interval: Duration
    private let start: ContinuousClock.Instant
    private var unread: [UInt8] = []
    /// When a line about a layer was last picked, by the line's end, which is the layer's ID.
    private var picked: [ArraySlice<UInt8>: ContinuousClock.Instant] = [:]
    /// The last line reported how far a layer has come, so more lines will follow.
    private var endsInProgress = false

    /// How long lines may now gather unread: each layer sends ten a second, and each would wake us up.
    ///
    /// The end is noticed later by as much: by a sixteenth of the time that the pull took, or a quarter of a second.
    var pause: Duration? {
        guard endsInProgress, interval > .zero else { return nil }
        return min(interval, max(.milliseconds(250), (.now - start) / 16))
    }

    /// - Parameters:
    ///   - interval: The time between two picked lines about how far one layer has come.
    ///   - start: When the first line may have come.
    init(interval: Duration, since start: ContinuousClock.Instant = .now) {
        self.interval = interval
        self.start = start
    }

    /// Takes the next bytes.
    ///
    /// - Returns: The lines that they complete, with `nil` for each that is not worth decoding.
    mutating func lines(_ piece: [UInt8]) -> [ArraySlice<UInt8>?] {
        guard let end = piece.lastIndex(of: UInt8(ascii: "\n")) else {
            unread += piece
            if unread.count > Self.longest { unread = [] }
            return []
        }
        let lines = (unread + piece[..<end]).split(separator: UInt8(ascii: "\n"))
        unread = Array(piece[(end + 1)...])
        let now = ContinuousClock.now
        return lines.map { isWorthDecoding($0, at: now) ? $0 : nil }
    }

    private mutating func isWorthDecoding(_ line: ArraySlice<UInt8>, at now: ContinuousClock.Instant) -> Bool {
        endsInProgress = Self.progress.contains(where: line.starts(with:))
        guard endsInProgress else { return true }
        let layer = Array(line.suffix(16))[...]
        if let last = picked[layer], now - last < interval { return false }
        picked[layer] = now
        return true
    }
}
