// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Systemd
import Testing

@testable import Commands

@Suite("Signals that come early", .timeLimit(.minutes(1)))
struct EarlySignalTests {
    init() { LoopThread.start() }

    /// Goes around the loop until something has come about, or the test's time is over.
    @LoopActor
    private func until(_ isTrue: () -> Bool) async throws {
        while !isTrue() {
            try Task.checkCancellation()
            try await Gate.onceAround()
        }
    }

    @Test("what comes before somebody supervises is told at once, and once more to who does, in order")
    @LoopActor
    func relay() async throws {
        var early: [Signal] = []
        var news: [SignalRelay.News] = []
        let relay = try SignalRelay { early.append($0) }
        defer { relay.end() }
        for signal in [Signal.user2, .terminate] {
            // To this thread, which is the loop's.
            raise(signal.rawValue)
            try await until { early.last == signal }
        }
        relay.begin { news.append($0) }
        let last = SignalRelay.News.addressed(.terminate, reachedContainer: false)
        try await until { news.last == last }
        #expect(
            news == [
                .signaled(.user2), .signaled(.terminate), .addressed(.user2, reachedContainer: false), last,
            ])
        // Between two who supervise it waits for the next.
        relay.hold()
        news = []
        raise(Signal.user1.rawValue)
        for _ in 0..<5 { try await Gate.onceAround() }
        #expect(news.isEmpty)
        relay.begin { news.append($0) }
        try await until { news.count == 2 }
        #expect(news == [.signaled(.user1), .addressed(.user1, reachedContainer: false)])
        #expect(early == [.user2, .terminate])
    }

    @Test(
        "a signal that is there before the program is ends it, and nothing is left",
        arguments: [Signal.terminate, .interrupt, .hangup, .quit])
    @LoopActor
    func pending(signal: Signal) async throws {
        let docker = try Docker(MainProcess())
        let errors = try Pipe()
        // Pending signals and blocked ones stay over an execve(2).
        let child = try Child(
            "/usr/bin/env",
            [
                "--block-signal=\(signal.rawValue)", "/bin/sh", "-c", "kill -\(signal.rawValue) $$ && exec \"$@\"",
                "sh",
                Wrapper.path, "run", "--rm", "--name", "web", "image",
            ],
            environment: docker.engine.environment.map { "\($0.key)=\($0.value)" } + [
                "HOME=/nonexistent", "PATH=/usr/bin:/bin",
            ], descriptors: [0, 2, errors.writing.rawValue])
        let process = try Linux.Process(child.id)
        _ = try await EventLoop.shared.wait(for: process.descriptor, to: .readable)
        #expect(try child.reap() == .signaled(signal))
        #expect(
            String(decoding: try errors.reading.read(upTo: 4096), as: UTF8.self)
                == "systemd-docker: \(signal) before the container was up\n")
        #expect(!docker.asked.contains("POST /containers/create"))
    }
}
