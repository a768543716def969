// SPDX-License-Identifier: Apache-2.0

public import Console
public import Engine
internal import Glibc
internal import Linux
public import Systemd

/// Brings a container's output to our own stdout and stderr.
///
/// It comes from the stream that we attach to, which is the quickest way, and the only one without a log driver that can
/// be read. But the container comes to a halt when nobody reads that stream, and its end may be the daemon's. Then the
/// container's log takes its place, from where the stream was left.
@LoopActor
public final class OutputRelay {
    /// Why the attached stream is left.
    private enum Departure { case closed, fallenBehind, takenOver }

    /// What we were attached to.
    public enum Origin: Sendable {
        /// A container that was not started yet.
        case unstarted
        /// One that runs: another wrapper may have copied some of its output.
        case running
        /// One that runs, and was restarted then: nobody has copied any of it since.
        case restarted(LogTime)
    }

    /// Where the rest of the output comes from.
    private enum Source {
        case attached(HijackedStream)
        /// Messages that are later than the boundary are new, wherever the streams were left.
        case log(HijackedStream, boundary: LogTime)
    }

    private let client: Client
    private let container: Container
    private let hasInput: Bool
    private let diagnostics: Diagnostics
    private let queue: OutputQueue
    private var source: Source
    private var frames = OutputFrames()
    private var lineEnds: TerminalLineEnds?
    private var isLogBroken = false
    /// The session of the daemon in which the source was opened.
    private var session: DaemonWatch.Session
    /// Waits for the daemon, and is no use once the container has ended.
    private var absence: Task<Void, any Error>?
    private var start: LogTime
    private let origin: Origin
    private let leavesMarks: Bool
    private var mark: OutputMark?
    private var process: ProcessWatch?
    private var tails: [OutputFrames.Stream: OutputTail] = [:]
    private var pause = OutputRelay.shortestPause

    private static let (shortestPause, longestPause) = (Duration.milliseconds(100), Duration.seconds(10))

    /// - Parameters:
    ///   - start: when the stream was asked for.
    ///   - hasInput: the container's stdin goes through the stream as well.
    ///   - leavesMarks: another wrapper may take it over from us.
    public init(
        _ stream: HijackedStream, of container: Container, client: Client, since start: LogTime, hasInput: Bool,
        origin: Origin = .unstarted, leavesMarks: Bool = false, diagnostics: Diagnostics
    ) {
        (self.client, self.container, self.start, self.hasInput) = (client, container, start, hasInput)
        (self.origin, self.leavesMarks) = (origin, leavesMarks)
        self.diagnostics = diagnostics
        source = .attached(stream)
        session = client.daemon.session
        queue = OutputQueue {
            diagnostics.warning("\($0) bytes of the container's output are lost: the journal did not read them in time")
        }
        // A terminal of ours wants what the container's terminal says; a journal or file wants lines.
        lineEnds = container.config.hasTerminal && isatty(STDOUT_FILENO) == 0 ? TerminalLineEnds() : nil
    }

    /// Copies until the container has closed its output.
    ///
    /// - Throws: when the Engine sends what is not output.
    public func copy(of process: ProcessWatch?) async throws {
        self.process = process
        if let process { try await begin(process) }
        while true {
            let departure: Departure
            switch source {
            case .attached(let stream): departure = try await copyAttached(stream)
            case .log(let stream, let boundary): departure = try await copyLog(stream, boundary)
            }
            // Mostly the end of its process is known by then. But its last descriptor is closed before it has ended for
            // others (do_exit in the kernel): then nobody waits for Docker longer than for that end.
            if departure == .closed, hasEnded { break }
            guard let next = try await successor(after: departure) else { break }
            source = next
        }
        if let rest = lineEnds?.finish() { queue.add(rest[...], to: .output) }
        try await queue.finish()
    }

    private var hasEnded: Bool { process?.hasEnded ?? true }

    /// Goes on where a former wrapper was killed, and leaves marks for the next one.
    private func begin(_ process: ProcessWatch) async throws {
        if leavesMarks {
            mark = try? OutputMark(of: container, process: process.id)  // It ends already: nobody will take it over.
            queue.whenWritten = { [weak self] in self?.leaveMark() }
        }
        switch origin {
        case .unstarted:
            return
        case .running:
            guard let place = mark?.find() else { return }
            (start, tails) = (place.start, place.tails)
        case .restarted(let time):
            start = time
        }
        if let log = try await successor(after: .takenOver) { source = log }
    }

    private func leaveMark() {
        guard let mark, queue.isWritten else { return }
        var place = OutputMark.Place(start: start, tails: [:])
        for (stream, tail) in tails {
            let end = tail.shortened(to: OutputMark.length)
            let isMidLine = container.config.hasTerminal || queue.holdsLine(of: stream)
            let written = isMidLine ? end.withoutLastLine() : end
            if !written.isEmpty { place.tails[stream] = written } else if !end.isWhole { return }
        }
        if !mark.leave(place) { self.mark = nil }
    }

    /// Reads on to the end without a look at it: a container whose output nobody takes would come to a halt.
    public func drain() async {
        guard case .attached(let stream) = source else { return }
        await Self.drain(stream)
    }

    private static func drain(_ stream: HijackedStream) async {
        while let bytes = try? await stream.read(), !bytes.isEmpty { await Task.yield() }
    }

    // MARK: The attached stream

    private func copyAttached(_ stream: HijackedStream) async throws -> Departure {
        while true {
            let bytes = try await read(stream)
            if bytes.isEmpty { return .closed }
            if container.config.hasTerminal {
                take(bytes[...], of: .output, at: .now, isLogged: false)
            } else {
                for piece in try frames.take(bytes) {
                    take(piece.bytes[...], of: piece.stream, at: .now, isLogged: false)
                }
            }
            leaveMark()
            if queue.readerSetsPace { try await queue.drained() }
            if queue.isFull { return .fallenBehind }
            // A container that never pauses must not keep the loop from everything else.
            await Task.yield()
        }
    }

    private func read(_ stream: HijackedStream) async throws -> [UInt8] {
        do {
            return try await stream.read()
        } catch let error as SystemError where error.code == ECONNRESET {
            return []  // The end as well: the container has left some of its stdin unread (unix(7)).
        }
    }

    private func take(
        _ bytes: ArraySlice<UInt8>, of stream: OutputFrames.Stream, at time: LogTime, isLogged: Bool
    ) {
        tails[stream, default: OutputTail(start: start)].append(bytes, at: time, isLogged: isLogged)
        queue.add(lineEnds?.take(bytes)[...] ?? bytes, to: stream)
    }

    // MARK: The log

    /// What the rest comes from; `nil` where there is none.
    private func successor(after departure: Departure) async throws -> Source? {
        // What a daemon that is gone has not logged by now, it never will; what the next one logs is new. One that goes
        // on may have something left to log.
        let now = LogTime.now
        let former = session
        var goesOn: Bool {
            departure == .fallenBehind
                || departure == .closed && former.process != nil && session.process == former.process
        }
        if departure == .closed {
            guard try await isBack() else { return nil }
            // The daemon has hung up and lives on: the container has closed its output, or somebody has typed the
            // detach keys.
            if case .attached = source, goesOn { return nil }
        }
        while true {
            do throws(EngineError) {
                if isLogBroken { return try await withoutLog(departure) }
                let log = try await client.logs(container.id, since: oldest)
                leaveAttached()
                return .log(log, boundary: goesOn ? now + OutputTail.delay : now)
            } catch {
                if error.isNotFound { return nil }
                if error.isAway {
                    guard try await isBack() else { return nil }
                } else if isLogBroken {
                    throw error
                } else if error.isConflict {
                    return nil
                } else {
                    isLogBroken = true
                }
            }
        }
    }

    /// Waits for the daemon, as whoever has lost a stream does; `false` where the container has ended meanwhile.
    private func isBack() async throws -> Bool {
        let waiting: Task<Void, any Error> = EventLoop.shared.task { [client, session, pause] in
            var session = session
            repeat {
                try await client.daemon.back(after: session)
                session = client.daemon.session
                try await EventLoop.shared.sleep(pause)
                // It may have left again meanwhile: a connection would start it (docker.socket).
            } while !client.daemon.isHere(session)
        }
        absence = waiting
        defer { absence = nil }
        pause = min(pause * 2, Self.longestPause)
        do {
            try await waiting.cancellableValue
        } catch is CancellationError where !Task.isCancelled {
            if session.process != nil, !hasSameDaemon {
                diagnostics.warning(
                    "the container has ended while Docker was away: what it wrote in that time may be missing")
            }
            return false
        }
        session = client.daemon.session
        return true
    }

    private var hasSameDaemon: Bool {
        session.process != nil && client.daemon.runningProcess == session.process
    }

    /// The container has ended: its output was closed, or the daemon is away and nothing is awaited from it any more.
    ///
    /// - Parameter isToldHow: otherwise the daemon is awaited anyway, and has the rest of the log then.
    public func containerEnded(isToldHow: Bool) {
        if isToldHow || hasSameDaemon { absence?.cancel() }
    }

    /// What to do where there is no log that can be read.
    private func withoutLog(_ departure: Departure) async throws(EngineError) -> Source? {
        switch departure {
        case .takenOver:
            diagnostics.warning(
                "what the container has written between two runs of ours may be lost: its log driver cannot be read")
            return source
        case .fallenBehind:
            queue.dropsWhatIsTooMuch = true
            return source
        case .closed:
            diagnostics.warning(
                "what the container has written while Docker was away may be lost: its log driver cannot be read")
            // Attached to a container that does not run, we would wait for its next start.
            if hasEnded { return nil }
            let stream = try await client.attach(container.id, withInput: false)
            frames = OutputFrames()
            return .attached(stream)
        }
    }

    /// Nobody reads the stream from now on; with the container's stdin it has to stay.
    private func leaveAttached() {
        guard hasInput, case .attached(let stream) = source else { return }
        EventLoop.shared.task { await Self.drain(stream) }
    }

    /// From where on the log has to be searched for where the streams were left.
    private var oldest: LogTime {
        func begin(_ tail: OutputTail) -> LogTime { max(start, tail.start - OutputTail.delay) }
        guard let latest = tails.values.max(by: { $0.last < $1.last }) else { return start }
        let others = tails.values.filter { $0.reaches(begin(latest)) }
        return others.map(begin).min() ?? start
    }

    private func copyLog(_ stream: HijackedStream, _ boundary: LogTime) async throws -> Departure {
        var log = LogMessages(hasTerminal: container.config.hasTerminal)
        let begin = oldest
        // A stream that had been silent for long has nothing in there but what is new.
        var searches = tails.filter { $0.value.reaches(begin) }.mapValues { $0.search() }
        while true {
            // The log waits for us, and the container does not wait for the log.
            try await queue.drained()
            let bytes = try await read(stream)
            let messages: [LogMessages.Message]
            do throws(OutputFrames.Malformed) {
                messages = bytes.isEmpty ? [log.finish()].compactMap { $0 } : try log.take(bytes)
            } catch {
                isLogBroken = true
                return .closed
            }
            for message in messages {
                pause = Self.shortestPause
                var rest: ArraySlice<UInt8>? = message.bytes
                if message.time > boundary { searches[message.stream] = nil }
                if var search = searches[message.stream] {
                    rest = search.take(message)
                    searches[message.stream] = rest == nil ? search : nil
                }
                if let rest { take(rest, of: message.stream, at: message.time, isLogged: true) }
            }
            leaveMark()
            if bytes.isEmpty { return .closed }
            await Task.yield()
        }
    }
}
