// SPDX-License-Identifier: Apache-2.0

import Engine
import Glibc
import Linux
import Support
import Systemd
import Testing

@testable import Console
@testable import Output

@Suite("Where output is resumed", .timeLimit(.minutes(1)))
struct ResumePlaceTests {
    init() { LoopThread.start() }

    @LoopActor
    private func container(_ engine: FakeEngine, id: String = Docker.id) async throws -> Container {
        engine.on("GET", "/containers/web/json", Docker.Inspection(id: id).answer)
        return try await Client.connect(environment: engine.environment).inspect("web")
    }

    /// Until all that has been sent by now is read.
    @LoopActor
    private func settled() async throws {
        for _ in 0..<5 { try await Gate.onceAround() }
    }

    @Test("the log is read from where the stream was left that has been silent longer")
    @LoopActor
    func earliest() async throws {
        let (engine, streams, log, process) = (try FakeEngine(), try Hijack(), try Hijack(), try MainProcess())
        engine.on("POST", "/containers/web/attach", .hijack(streams))
        engine.on("GET", "\(Docker.path)/logs", .hijack(log))
        let client = try await Client.connect(environment: engine.environment)
        let output = OutputRelay(
            try await client.attach("web", withInput: false), of: try await container(engine), client: client,
            // Long ago, so that it is not the beginning from which the log is read.
            since: LogTime(nanoseconds: LogTime.now.nanoseconds - 3600 * 1_000_000_000), hasInput: false,
            diagnostics: Diagnostics(environment: [:]))
        let copying = EventLoop.shared.task { try await output.copy(of: try ProcessWatch(process.id)) }
        try await streams.send(Docker.frame("\n", stream: 2))
        try await settled()
        let between = LogTime.now
        try await streams.send(Docker.frame("\n"))
        try await settled()
        try await streams.close()
        let query = try await engine.arrival(of: "GET", "\(Docker.path)/logs").query
        let since = try #require(query.split(separator: "&").first { $0.hasPrefix("since=") }).dropFirst(6)
        let numbers = since.split(separator: ".").compactMap { Int64($0) }
        try #require(numbers.count == 2)
        #expect(numbers[0] * 1_000_000_000 + numbers[1] + OutputTail.delay.nanoseconds <= between.nanoseconds)
        try process.exit(0)
        _ = try await process.ended()
        try await log.close()
        try await copying.value
    }

    @Test("a mark counts for the container and the process that it was left for, and for no other one in their cgroup")
    @LoopActor
    func mark() async throws {
        let engine = try FakeEngine()
        let (web, other) = (
            try await container(engine), try await container(engine, id: String(repeating: "0", count: 64))
        )
        let cgroup = try Cgroup()
        let (first, second) = (try cgroup.child(), try cgroup.child())
        var tail = OutputTail(start: LogTime(nanoseconds: 1))
        tail.append(Array("one\n".utf8)[...], at: LogTime(nanoseconds: 2), isLogged: false)
        let place = OutputMark.Place(start: LogTime(nanoseconds: 1), tails: [.output: tail])
        #expect(try OutputMark(of: web, process: first.id).find() == nil)
        #expect(try OutputMark(of: web, process: first.id).leave(place))
        #expect(try OutputMark(of: web, process: first.id).find()?.tails[.output]?.bytes == tail.bytes)
        #expect(try OutputMark(of: web, process: second.id).find() == nil)
        #expect(try OutputMark(of: other, process: first.id).find() == nil)
        // The last one that was left counts.
        #expect(try OutputMark(of: web, process: second.id).leave(place))
        #expect(try OutputMark(of: web, process: first.id).find() == nil)
        #expect(try OutputMark(of: web, process: second.id).find() != nil)
    }

    /// A real cgroup of the test's own, in the trees that systemd tells services apart by.
    private final class Cgroup {
        private let folders: [String]
        private var children: [Child] = []

        init() throws {
            let name = "systemd-docker-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
            let trees = ["unified", "systemd"].map { "/sys/fs/cgroup/\($0)" }.filter(Files.exists)
            folders = (trees.isEmpty ? ["/sys/fs/cgroup"] : trees).map { "\($0)/\(name)" }
            for folder in folders { try Files.makeFolder(folder) }
        }

        /// A process in it.
        func child() throws -> Child {
            let pipe = try Pipe()
            let entry = folders.map { "echo $$ >\($0)/cgroup.procs && " }.joined()
            let child = try Child(
                "/bin/sh", ["-c", entry + "echo in && exec sleep 1000"], environment: ["PATH=/usr/bin:/bin"],
                descriptors: [0, pipe.writing.rawValue, 2])
            children.append(child)
            #expect(try pipe.reading.read(upTo: 10) == Array("in\n".utf8))
            return child
        }

        deinit {
            for child in children {
                child.send(.kill)
                _ = try? child.reap()
            }
            for folder in folders { rmdir(folder) }
        }
    }
}
