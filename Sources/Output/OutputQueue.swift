// SPDX-License-Identifier: Apache-2.0

internal import Console
public import Engine
public import Systemd

/// The container's output on its way to the console: whole lines where the journal would join two, and no more than it
/// may hold.
@LoopActor
public final class OutputQueue {
    /// How much may wait for a journal that has stopped reading, in bytes.
    private static let limit = 1 << 20
    /// The longest beginning of a line that is held back, in bytes: journald cuts lines at 48K (`LineMax=`).
    private static let longestLine = 1 << 16

    /// What is special about one of the two streams.
    private struct State {
        let target: Console.Stream
        /// The journal would join the beginning of a line and what comes next, be it of the other stream or a line of ours.
        let holdsLines: Bool
        /// The beginning of a line whose end has not come.
        var held: [UInt8] = []
        /// The last that was kept did not end a line.
        var isMidLine = false
        /// The last that was dropped did not end a line: its rest is dropped, too.
        var dropsRestOfLine = false
    }

    private let console: Console
    private var output: State
    private var error: State
    private var dropped: Int?
    private let reportDropped: (Int) -> Void
    private var catchingUp: Task<Void, Never>?

    /// Is called when the readers have caught up.
    var whenWritten: (() -> Void)?

    /// Whether all that was added is written, but for lines that are held.
    var isWritten: Bool { console.waiting == 0 && dropped == nil }

    /// Whether the beginning of a line is held.
    func holdsLine(of stream: OutputFrames.Stream) -> Bool { !self[stream].held.isEmpty }

    /// Drops what is more than it may hold, instead of being ``isFull``.
    public var dropsWhatIsTooMuch = false

    /// - Parameter reportDropped: Is called when the readers have caught up, with how many bytes they will never see.
    public init(reportDropped: @escaping (Int) -> Void) {
        self.reportDropped = reportDropped
        console = .shared
        output = State(target: .output, holdsLines: console.sharesSocket)
        error = State(target: .error, holdsLines: console.isSocket(.error))
    }

    /// Whether it waits for a reader that may set the pace: `systemd-docker run … | less`.
    public var readerSetsPace: Bool { console.readerSetsPace }

    public var isFull: Bool { console.waiting >= Self.limit && !dropsWhatIsTooMuch }

    /// Writes what can be written now, and keeps the rest.
    public func add(_ bytes: ArraySlice<UInt8>, to stream: OutputFrames.Stream) {
        guard self[stream].holdsLines else { return addNow(bytes, to: stream) }
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

    /// Waits until everything is written.
    public func drained() async throws {
        try await console.drained()
        await catchingUp?.value
    }

    private func release(_ stream: OutputFrames.Stream) {
        let held = self[stream].held
        guard !held.isEmpty else { return }
        self[stream].held = []
        addNow(held[...], to: stream)
    }

    private func addNow(_ bytes: ArraySlice<UInt8>, to stream: OutputFrames.Stream) {
        let rest = dropsWhatIsTooMuch ? kept(of: bytes, stream) : bytes
        if let last = rest.last { self[stream].isMidLine = last != UInt8(ascii: "\n") }
        console.write(rest, to: self[stream].target)
        guard console.waiting > 0, catchingUp == nil else { return }
        catchingUp = EventLoop.shared.task { await self.catchUp() }
    }

    private func catchUp() async {
        repeat {
            guard (try? await console.drained()) != nil else { return }
            if let dropped { resume(after: dropped) }
        } while console.waiting > 0
        catchingUp = nil
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
        if dropped == nil, console.waiting >= Self.limit { dropped = 0 }
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
            console.write([UInt8(ascii: "\n")], to: self[stream].target)
        }
        reportDropped(count)
    }
}
