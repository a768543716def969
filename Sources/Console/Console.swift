// SPDX-License-Identifier: Apache-2.0

internal import Glibc
public import Systemd

/// The one owner of our stdout and stderr: the container's output and our own lines, in the order in which they came.
///
/// Nothing here ever blocks the loop: a journal that has stopped reading must not keep a signal from the container.
@LoopActor
public final class Console {
    /// Where something is written to.
    public enum Stream: Sendable { case output, error }

    /// The console of this process.
    public static let shared = Console(output: STDOUT_FILENO, error: STDERR_FILENO)

    /// So many bytes may wait before lines of our own are dropped: more than the container's output alone ever fills.
    private static let limit = 2 << 20

    private let output: StandardOutput
    private let error: StandardOutput
    private var pieces: [(stream: Stream, bytes: ArraySlice<UInt8>)] = []
    /// How many bytes wait to be written.
    public private(set) var waiting = 0
    /// The stream that does not take more.
    private var blocked: Stream?
    private var isWriting = false
    private var waiters: [Waiter<Void>] = []
    private var endsInMidLine: [Stream: Bool] = [:]
    private var lostLines = 0
    /// Whether both streams are one connection to the journal, as with `StandardError=inherit`, the default
    /// (systemd.exec(5)).
    public let sharesSocket: Bool

    init(output: Int32, error: Int32) {
        self.output = StandardOutput(output)
        self.error = StandardOutput(error)
        sharesSocket = self.output.sharesSocket(with: self.error)
    }

    /// Whether a stream leads to the journal, where a line that another one interrupts becomes two.
    ///
    /// - Parameter stream: The stream.
    public func isSocket(_ stream: Stream) -> Bool { self[stream].isSocket }

    /// Whether it waits for a reader that may set the pace: `systemd-docker run … | less`.
    public var readerSetsPace: Bool { blocked.map { self[$0].setsPace } ?? false }

    private subscript(stream: Stream) -> StandardOutput { stream == .output ? output : error }

    // MARK: Writing

    /// Writes what can be written now, and keeps the rest.
    ///
    /// - Parameters:
    ///   - bytes: The bytes; who writes many of them looks at ``waiting`` before.
    ///   - stream: Where they go.
    public func write(_ bytes: ArraySlice<UInt8>, to stream: Stream) {
        guard let last = bytes.last else { return }
        endsInMidLine[stream] = last != UInt8(ascii: "\n")
        var rest = bytes
        if waiting == 0 { rest = rest.dropFirst(self[stream].write(rest)) }
        guard !rest.isEmpty else { return }
        if waiting == 0 { blocked = stream }
        pieces.append((stream, rest))
        waiting += rest.count
        guard !isWriting else { return }
        isWriting = true
        EventLoop.shared.task { await self.writeRest() }
    }

    /// Writes a line of our own to stderr.
    ///
    /// A line that finds too much waiting is dropped and counted.
    ///
    /// - Parameter line: The line with its newline.
    func write(line: [UInt8]) {
        guard waiting < Self.limit else { return lostLines += 1 }
        let isInterrupted = [Stream.error, .output].contains { stream in
            endsInMidLine[stream] == true && (stream == .error || sharesSocket)
        }
        let newline = isInterrupted && error.isSocket ? [UInt8(ascii: "\n")] : []
        write((newline + line)[...], to: .error)
    }

    private func writeRest() async {
        while !pieces.isEmpty {
            // In turns: to take the first of an array moves all the others.
            let ready = pieces
            pieces = []
            for (stream, bytes) in ready {
                var rest = bytes
                while true {
                    let count = self[stream].write(rest)
                    waiting -= count
                    rest = rest.dropFirst(count)
                    if rest.isEmpty { break }
                    blocked = stream
                    await self[stream].waitUntilWritable()
                }
            }
            if pieces.isEmpty, lostLines > 0 {
                let line = "systemd-docker: \(lostLines) of our lines are lost: the journal did not read them in time"
                lostLines = 0
                write(line: Array("\(line)\n".utf8))
            }
        }
        (isWriting, blocked) = (false, nil)
        for waiter in waiters { waiter.resume(.success(())) }
        waiters = []
    }

    // MARK: Waiting

    /// Waits until everything is written.
    ///
    /// - Throws: `CancellationError`.
    public func drained() async throws {
        guard waiting > 0 else { return }
        let waiter = Waiter<Void>()
        waiters.append(waiter)
        try await waiter.value
    }

    /// Waits until everything is written, but no longer than a time limit: the program ends then.
    public func finish(within limit: Duration) async {
        _ = try? await EventLoop.shared.within(limit) { try await self.drained() }
    }
}
