// SPDX-License-Identifier: Apache-2.0

internal import Linux
public import Systemd

/// Knows whether the Docker daemon is there, and waits for the next one when it is away.
///
/// Before `docker.service` is stopped, the daemon closes its connections, while systemd goes on listening on its socket
/// (docker.socket): any connection to it would start the daemon again, against the administrator's intention. So while
/// the daemon is away nothing connects before its pid file, which it keeps beside its socket (dockerd(8), `--pidfile`),
/// names another process that runs. Where no pid file can be read, the socket is pinged, less and less often.
@LoopActor
public final class DaemonWatch {
    /// The time from a daemon's first answer until the next one's.
    public struct Session: Sendable, Equatable {
        fileprivate let number: Int
        /// The daemon's process; `nil` if there is no pid file.
        public let process: Int32?
    }

    public enum State: Sendable, Equatable {
        case here(process: Int32?)
        case away(since: ContinuousClock.Instant)
    }

    private static let (shortestPause, longestPause): (Duration, Duration) = (.milliseconds(100), .seconds(1))

    /// Called after each change of ``state``.
    public var onChange: ((State) -> Void)?
    public private(set) var state = State.here(process: nil)

    private let folder: String
    private let (socketName, fileName): (String, String)
    private let timeToLeave: Duration
    private let ping: @LoopActor () async throws -> Void
    private var number = 0
    private var process: ProcessWatch?
    /// When it was first suspected to have left.
    private var suspicion: ContinuousClock.Instant?
    private var search: Search?
    private var folderWatch: FolderWatch?
    /// The pid file was written since the daemon left: by the next one, even if it has the same number.
    private var isRewritten = false

    /// - Parameters:
    ///   - socket: The path of the daemon's socket.
    ///   - timeToLeave: How long a daemon that has closed a connection and still runs may be about to leave: it stops its
    ///     containers first, for 15 s by default (dockerd(8), `--shutdown-timeout`).
    ///   - ping: Returns once the daemon has answered.
    init(
        socket: String, timeToLeave: Duration = .seconds(20), ping: @escaping @LoopActor () async throws -> Void
    ) {
        let slash = socket.lastIndex(of: "/") ?? socket.startIndex
        folder = String(socket[..<slash])
        (socketName, fileName) = (String(socket[slash...].dropFirst()), "docker.pid")
        self.timeToLeave = timeToLeave
        self.ping = ping
    }

    /// The process that the pid file names; `nil` if there is no such file or it has ended.
    public var runningProcess: Int32? { recordedProcess.flatMap(Self.open)?.id }

    /// The present session: to be noted when a stream is opened, for ``back(after:)`` when it ends.
    public var session: Session {
        // The daemon was replaced while no stream was open that could have told.
        if suspicion == nil, let next = nextProcess() { begin(next) }
        return Session(number: number, process: process?.id)
    }

    /// Whether the daemon of a session still runs, as far as can be told.
    ///
    /// - Parameter session: The session.
    public func isHere(_ session: Session) -> Bool { session.number == number && !hasLeft }

    /// A stream has ended that only ends with the daemon.
    ///
    /// - Parameter session: The one in which the stream was opened.
    public func lost(_ session: Session) {
        guard session.number == number else { return }
        suspicion = suspicion ?? .now
        change(to: .away(since: suspicion ?? .now))
    }

    /// Waits until a daemon answers, after a stream has ended that may have ended with the daemon.
    ///
    /// All who wait share one search. If the daemon has only closed the stream and still runs, it is asked once it has
    /// had the time to leave.
    ///
    /// - Parameter session: The one in which the stream was opened; returns at once if there is a later one already.
    /// - Throws: `CancellationError` if the task is cancelled.
    public func back(after session: Session) async throws {
        guard session.number == number else { return }
        let search = search ?? beginSearch()
        search.waiting += 1
        defer {
            search.waiting -= 1
            if search.waiting == 0, self.search === search { endSearch() }
        }
        try await search.arrival.value
    }

    // MARK: The search

    @LoopActor
    private final class Search {
        let arrival = Waiter<Void>()
        var waiting = 0
        var task: Task<Void, Never>?
    }

    private func beginSearch() -> Search {
        let search = Search()
        self.search = search
        suspicion = suspicion ?? .now
        search.task = EventLoop.shared.task { _ = try? await self.findNext() }
        return search
    }

    private func endSearch() {
        search?.task?.cancel()
        search = nil
        folderWatch = nil
        isRewritten = false
        suspicion = nil
    }

    private func findNext() async throws {
        var pause = Self.shortestPause
        if process == nil { try await EventLoop.shared.sleep(pause) }
        while true {
            if hasLeft {
                change(to: .away(since: suspicion ?? .now))
                // Before the pid file is read, so that no change is missed.
                if folderWatch == nil { folderWatch = try? FolderWatch(folder) }
            }
            if mayConnect {
                if (try? await ping()) != nil {
                    try Task.checkCancellation()
                    return arrived()
                }
                try await somethingHappens(within: pause)
            } else if hasLeft {
                try await somethingHappens(within: folderWatch == nil ? pause : nil)
            } else {
                let left = timeToLeave - (.now - (suspicion ?? .now))
                try await somethingHappens(within: left > .zero ? left : nil)
                continue
            }
            pause = min(pause * 2, Self.longestPause)
        }
    }

    /// Whether the daemon of the session has ended.
    private var hasLeft: Bool { process?.hasEnded ?? false }

    /// Whether a connection would reach a daemon that runs, as far as can be told.
    private var mayConnect: Bool {
        guard let process else { return true }
        guard let id = recordedProcess else { return false }
        if id == process.id, !process.hasEnded { return .now - (suspicion ?? .now) >= timeToLeave }
        return nextProcess(id) != nil
    }

    /// Waits until the daemon's process ends, its pid file or its socket changes, or the time is over.
    private func somethingHappens(within time: Duration?) async throws {
        try Task.checkCancellation()
        let waiter = Waiter<Void>()
        var sources: [EventSource] = []
        var time = time
        func add(_ source: EventSource?) {
            if let source { sources.append(source) } else { time = time ?? Self.longestPause }
        }
        if let process, !process.hasEnded { add(try? process.onEnd { _ in waiter.resume(.success(())) }) }
        if let folderWatch {
            add(
                try? EventLoop.shared.watch(folderWatch.descriptor, for: .readable) { [weak self] _ in
                    if self?.folderChanged() == true { waiter.resume(.success(())) }
                })
        }
        if let time {
            sources.append(try EventLoop.shared.after(time) { waiter.resume(.success(())) })
        }
        defer { for source in sources { source.stop() } }
        try await waiter.value
    }

    /// Whether what has changed in the folder is of interest.
    private func folderChanged() -> Bool {
        guard let names = folderWatch?.changes() else {
            folderWatch = nil
            return true
        }
        if names.contains(fileName) { isRewritten = true }
        return names.contains(fileName) || names.contains(socketName)
    }

    /// A daemon has answered.
    func arrived() {
        let search = search
        begin(nextProcess() ?? (hasLeft ? nil : process))
        endSearch()
        search?.arrival.resume(.success(()))
    }

    // MARK: Sessions

    private func begin(_ process: ProcessWatch?) {
        number += 1
        self.process = process
        change(to: .here(process: process?.id))
    }

    private func change(to state: State) {
        guard state != self.state else { return }
        self.state = state
        onChange?(state)
    }

    /// The process that the pid file names, if it runs and is not the one of this session.
    private func nextProcess() -> ProcessWatch? { recordedProcess.flatMap(nextProcess) }

    private func nextProcess(_ id: Int32) -> ProcessWatch? {
        if let process, process.id == id, !process.hasEnded || !isRewritten { return nil }
        return Self.open(id)
    }

    private var recordedProcess: Int32? {
        (try? Files.text("\(folder)/\(fileName)")).flatMap { Int32($0.filter { !$0.isWhitespace }) }
    }

    private static func open(_ id: Int32) -> ProcessWatch? {
        guard let process = try? ProcessWatch(id), !process.hasEnded else { return nil }
        return process
    }
}
