// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Systemd
import Testing

@testable import Engine

@Suite("The watch of the daemon", .timeLimit(.minutes(1)))
struct DaemonWatchTests {
    private let folder: TemporaryFolder

    init() throws {
        LoopThread.start()
        folder = try TemporaryFolder()
    }

    private var pidFile: String { folder["docker.pid"] }

    /// What a watch has asked and told.
    @LoopActor
    private final class Record {
        var pings = 0
        var states: [DaemonWatch.State] = []

        /// Processes, with -1 for being away.
        var processes: [Int32?] {
            states.map {
                switch $0 {
                case .here(let process): process
                case .away: -1
                }
            }
        }
    }

    /// - Parameter failures: So many pings are not answered.
    @LoopActor
    private func watch(_ record: Record, failures: Int = 0, timeToLeave: Duration = .seconds(60)) -> DaemonWatch {
        let watch = DaemonWatch(socket: folder["docker.sock"], timeToLeave: timeToLeave) {
            record.pings += 1
            if record.pings <= failures { throw EngineError.cut(call: "GET /_ping", reason: "r") }
        }
        watch.onChange = { record.states.append($0) }
        return watch
    }

    @LoopActor
    private func end(_ process: Child) async throws {
        process.send(.kill)
        _ = try process.reap()
    }

    @Test("nothing connects before the pid file names another process; all who wait share one search")
    @LoopActor
    func next() async throws {
        let (former, next) = (try Child("exec sleep 1000"), try Child("exec sleep 1000"))
        try Files.replace(pidFile, with: "\(former.id)")
        let record = Record()
        let watch = watch(record)
        let session = watch.session
        #expect(session.process == former.id)
        let waits = (0..<3).map { _ in EventLoop.shared.task { try await watch.back(after: session) } }
        try await Gate.onceAround()
        // It is about to leave, then it has left, then its file is gone too, and other files come and go.
        try await end(former)
        try await Gate.onceAround()
        try Files.remove(pidFile)
        try Files.replace(folder["utmp"], with: "")
        // systemd makes the socket anew (docker.socket).
        try Files.replace(folder["docker.sock"], with: "")
        for _ in 0..<4 { try await Gate.onceAround() }
        #expect(record.pings == 0)
        try Files.replace(pidFile, with: "\(next.id)\n")
        for wait in waits { try await wait.value }
        #expect(record.pings == 1)
        #expect(watch.session.process == next.id && watch.runningProcess == next.id)
        #expect(record.processes == [former.id, -1, next.id])
        // A stream of the former session whose end is noticed only now: nothing is lost, and nothing to wait for.
        watch.lost(session)
        try await watch.back(after: session)
        #expect(record.pings == 1 && record.states.count == 3)
        // Whether it is there still, who has waited a little asks before a connection.
        let last = watch.session
        #expect(watch.isHere(last) && !watch.isHere(session))
        try await end(next)
        #expect(!watch.isHere(last))
    }

    @Test("a pid file that is there before we look is enough, and one that names a process that has ended is not")
    @LoopActor
    func stale() async throws {
        let (former, dead, next) =
            (try Child("exec sleep 1000"), try Child("exec sleep 1000"), try Child("exec sleep 1000"))
        try Files.replace(pidFile, with: "\(former.id)")
        let record = Record()
        let watch = watch(record)
        let session = watch.session
        try await end(former)
        try await end(dead)
        try Files.replace(pidFile, with: "\(dead.id)")
        let wait = EventLoop.shared.task { try await watch.back(after: session) }
        try await Gate.onceAround()
        try await Gate.onceAround()
        #expect(record.pings == 0)
        try Files.replace(pidFile, with: "\(next.id)")
        try await wait.value
        #expect(record.pings == 1 && watch.session.process == next.id)
        try await end(next)
    }

    @Test("a daemon that has closed a stream and still runs is asked once it has had the time to leave")
    @LoopActor
    func stays() async throws {
        let daemon = try Child("exec sleep 1000")
        try Files.replace(pidFile, with: "\(daemon.id)")
        let record = Record()
        let watch = watch(record, timeToLeave: .milliseconds(1))
        let session = watch.session
        try await watch.back(after: session)
        #expect(record.pings == 1)
        #expect(watch.session != session && watch.session.process == daemon.id)
        // Nothing has said that it was away.
        #expect(record.processes == [daemon.id])
        try await end(daemon)
    }

    @Test("without a pid file the daemon is pinged until it answers")
    @LoopActor
    func unknown() async throws {
        let record = Record()
        let watch = watch(record, failures: 2)
        let session = watch.session
        #expect(session.process == nil)
        watch.lost(session)
        try await watch.back(after: session)
        #expect(record.pings == 3)
        #expect(record.processes == [-1, nil])
        #expect(watch.session != session)
    }

    @Test("the next daemon is pinged again if it does not answer yet, and not if it has ended, too")
    @LoopActor
    func failsToStart() async throws {
        let (former, first, second) =
            (try Child("exec sleep 1000"), try Child("exec sleep 1000"), try Child("exec sleep 1000"))
        try Files.replace(pidFile, with: "\(former.id)")
        let record = Record()
        let watch = watch(record, failures: 1)
        let session = watch.session
        try await end(former)
        let wait = EventLoop.shared.task { try await watch.back(after: session) }
        try Files.replace(pidFile, with: "\(first.id)")
        while record.pings == 0 { try await Gate.onceAround() }
        // Its answer has failed; it ends before it is asked again.
        try await end(first)
        try Files.replace(pidFile, with: "\(second.id)")
        try await wait.value
        #expect(record.pings == 2 && watch.session.process == second.id)
        try await end(second)
    }

    @Test("who is cancelled waits no more, and the others still do")
    @LoopActor
    func cancelled() async throws {
        let (former, next) = (try Child("exec sleep 1000"), try Child("exec sleep 1000"))
        try Files.replace(pidFile, with: "\(former.id)")
        let record = Record()
        let watch = watch(record)
        let session = watch.session
        let (one, other) = (
            EventLoop.shared.task { try await watch.back(after: session) },
            EventLoop.shared.task { try await watch.back(after: session) }
        )
        try await Gate.onceAround()
        one.cancel()
        await #expect(throws: CancellationError.self) { try await one.value }
        try await end(former)
        try Files.replace(pidFile, with: "\(next.id)")
        try await other.value
        #expect(record.pings == 1)
        // The last one who leaves ends the search; the next one begins another.
        let last = watch.session
        let left = EventLoop.shared.task { try await watch.back(after: last) }
        try await Gate.onceAround()
        left.cancel()
        await #expect(throws: CancellationError.self) { try await left.value }
        try await end(next)
        try Files.replace(pidFile, with: "1")
        try await watch.back(after: last)
        #expect(record.pings == 2 && watch.session.process == 1)
    }

    @Test("a daemon that was replaced while nothing was open is a session of its own")
    @LoopActor
    func replaced() async throws {
        let (former, next) = (try Child("exec sleep 1000"), try Child("exec sleep 1000"))
        try Files.replace(pidFile, with: "\(former.id)")
        let watch = watch(Record())
        let session = watch.session
        #expect(watch.session == session)
        try await end(former)
        try Files.replace(pidFile, with: "\(next.id)")
        #expect(watch.session != session && watch.session.process == next.id)
        try await end(next)
    }
}
