// SPDX-License-Identifier: Apache-2.0

internal import Console
public import Engine
internal import Glibc
public import Systemd

/// Our stdout and stderr, and what they have not taken yet, in the order in which it came.
@LoopActor
public final class OutputQueue {
    /// How much may wait for a journal that has stopped reading.
    private static let limit = 1 << 20
    /// The longest beginning of a line that is held back: journald cuts lines at 48K (`LineMax=`).
    private static let longestLine = 1 << 16

    /// What is special about one of the two streams.
    private struct State {
        let descriptor: StandardOutput
        /// The beginning of a line whose end has not come.
        var held: [UInt8] = []
        /// The last that was kept did not end a line.
        var isMidLine = false
        /// The last that was dropped did not end a line: its rest is dropped, too.
        var dropsRestOfLine = false
    }

    private var output = State(descriptor: StandardOutput(STDOUT_FILENO))
    private var error = State(descriptor: StandardOutput(STDERR_FILENO))
    private var pieces: [(stream: OutputFrames.Stream, bytes: ArraySlice<UInt8>)] = []
    private var waiting = 0
    /// Who does not take more.
    private var blocked: OutputFrames.Stream?
    private var writing: Task<Void, any Error>?
    private var dropped: Int?
    private let reportDropped: (Int) -> Void
    /// The journal would join the beginning of a line of one stream and what comes of the other one.
    private let holdsLines: Bool

    /// Is called when the readers have caught up.
    var whenWritten: (() -> Void)?

    /// Whether all that was added is written, but for lines that are held.
    var isWritten: Bool { waiting == 0 && dropped == nil }

    /// Whether the beginning of a line is held.
    func holdsLine(of stream: OutputFrames.Stream) -> Bool { !self[stream].held.isEmpty }

    /// Drops what is more than it may hold, instead of being ``isFull``.
    public var dropsWhatIsTooMuch = false

    /// - Parameter reportDropped: is called when the readers have caught up, with how many bytes they will never see.
    public init(reportDropped: @escaping (Int) -> Void) {
        self.reportDropped = reportDropped
        holdsLines = output.descriptor.sharesSocket(with: error.descriptor)
    }

    /// Whether it waits for somebody who may set the pace: `systemd-docker run … | less`.
    public var readerSetsPace: Bool { blocked.map { self[$0].descriptor.setsPace } ?? false }

    public var isFull: Bool { waiting >= Self.limit && !dropsWhatIsTooMuch }

    /// Writes what can be written now, and keeps the rest.
    public func add(_ bytes: ArraySlice<UInt8>, to stream: OutputFrames.Stream) {
        guard holdsLines else { return addNow(bytes, to: stream) }
        let end = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.startIndex
        if end > bytes.startIndex {
            release(stream)
            addNow(bytes[..<end], to: stream)
        }
        self[stream].held += bytes[end...]
        if self[stream].held.count > Self.longestLine { release(stream) }
    }

    /// Writes also what has no newline.
    public func finish() async throws {
        release(.output)
        release(.error)
        try await drained()
    }

    private func release(_ stream: OutputFrames.Stream) {
        let held = self[stream].held
        guard !held.isEmpty else { return }
        self[stream].held = []
        addNow(held[...], to: stream)
    }

    private func addNow(_ bytes: ArraySlice<UInt8>, to stream: OutputFrames.Stream) {
        var rest = dropsWhatIsTooMuch ? kept(of: bytes, stream) : bytes
        if let last = rest.last { self[stream].isMidLine = last != UInt8(ascii: "\n") }
        if waiting == 0 { rest = rest.dropFirst(self[stream].descriptor.write(rest)) }
        guard !rest.isEmpty else { return }
        if waiting == 0 { blocked = stream }
        pieces.append((stream, rest))
        waiting += rest.count
        if writing == nil { writing = EventLoop.shared.task { try await self.write() } }
    }

    /// Waits until everything is written.
    public func drained() async throws {
        guard let writing else { return }
        try await withTaskCancellationHandler {
            try await writing.value
        } onCancel: {
            writing.cancel()
        }
    }

    private func write() async throws {
        defer { (writing, blocked) = (nil, nil) }
        while !pieces.isEmpty {
            // In turns: taking the first of an array moves all the others.
            let ready = pieces
            pieces = []
            for (stream, bytes) in ready {
                var rest = bytes
                while true {
                    let count = self[stream].descriptor.write(rest)
                    waiting -= count
                    rest = rest.dropFirst(count)
                    if rest.isEmpty { break }
                    blocked = stream
                    try await self[stream].descriptor.waitUntilWritable()
                }
            }
            if pieces.isEmpty, let dropped { resume(after: dropped) }
        }
        whenWritten?()
    }

    // MARK: Dropping

    private subscript(stream: OutputFrames.Stream) -> State {
        get { stream == .output ? output : error }
        set {
            if stream == .output { output = newValue } else { error = newValue }
        }
    }

    private func kept(of bytes: ArraySlice<UInt8>, _ stream: OutputFrames.Stream) -> ArraySlice<UInt8> {
        let newline = UInt8(ascii: "\n")
        if dropped == nil, waiting >= Self.limit { dropped = 0 }
        if let count = dropped {
            dropped = count + bytes.count
            self[stream].dropsRestOfLine = bytes.last != newline
            return []
        }
        guard self[stream].dropsRestOfLine else { return bytes }
        guard let end = bytes.firstIndex(of: newline) else { return [] }
        self[stream].dropsRestOfLine = false
        return bytes[(end + 1)...]
    }

    /// Ends the lines that were cut, and says what is missing.
    private func resume(after count: Int) {
        dropped = nil
        for stream in [OutputFrames.Stream.output, .error] where self[stream].isMidLine {
            self[stream].isMidLine = false
            pieces.append((stream, [UInt8(ascii: "\n")]))
            waiting += 1
        }
        reportDropped(count)
    }
}
