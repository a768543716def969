// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Systemd
import Testing

@Suite("Event loop", .timeLimit(.minutes(1)))
struct EventLoopTests {
    init() { LoopThread.start() }

    // MARK: Timers

    @Test("timers fire once each, whatever the order of their making, and a later one not with them")
    @LoopActor
    func timers() async throws {
        var fired: [Int] = []
        let done = Waiter<Void>()
        let sources = try [3_600_000, 3, 1, 2].map { milliseconds in
            try EventLoop.shared.after(.milliseconds(milliseconds)) {
                fired.append(milliseconds)
                if fired.count == 3 { done.resume(.success(())) }
            }
        }
        try await done.value
        try await EventLoop.shared.sleep(.milliseconds(3))
        #expect(fired.sorted() == [1, 2, 3])
        withExtendedLifetime(sources) {}
    }

    @Test("a timer that was released does not fire")
    @LoopActor
    func droppedTimer() async throws {
        var fired = false
        var source: EventSource? = try EventLoop.shared.after(.milliseconds(1)) { fired = true }
        withExtendedLifetime(source) {}
        source = nil
        try await EventLoop.shared.sleep(.milliseconds(5))
        #expect(!fired)
    }

    @Test("a timer is not held back to share a wake-up with others: twenty of a millisecond take no seconds")
    func timerAccuracy() async {
        // In a process of its own: here, the events of other tests would wake the loop.
        await #expect(processExitsWith: .success) {
            LoopThread.start()
            let time = try await ContinuousClock().measure {
                for _ in 0..<20 { try await EventLoop.shared.sleep(.milliseconds(1)) }
            }
            // Held back, each would take up to 250 ms.
            #expect(time < .seconds(2))
        }
    }

    // MARK: Descriptors

    @Test("a descriptor is watched until its source is released, as often as it is ready")
    @LoopActor
    func watch() async throws {
        let pipe = try Pipe()
        var read: [UInt8] = []
        var done = Waiter<Void>()
        let reading = pipe.reading.rawValue
        var source: EventSource? = try EventLoop.shared.watch(pipe.reading, for: .readable) { ready in
            #expect(ready == .readable)
            read += (try? readBytes(from: reading, upTo: 1)) ?? []
            if read.count == 3 { done.resume(.success(())) }
        }
        #expect(write(pipe.writing.rawValue, "abc", 3) == 3)
        try await done.value
        #expect(read == Array("abc".utf8))
        source = nil
        #expect(write(pipe.writing.rawValue, "def", 3) == 3)
        try await EventLoop.shared.sleep(.milliseconds(1))
        #expect(read.count == 3)
        done = Waiter()
        withExtendedLifetime(source) {}
    }

    @Test("waiting for bytes and for room says which it found")
    @LoopActor
    func readableAndWritable() async throws {
        let pipe = try Pipe()
        #expect(try await EventLoop.shared.wait(for: pipe.writing, to: .writable) == .writable)
        #expect(write(pipe.writing.rawValue, "a", 1) == 1)
        #expect(try await EventLoop.shared.wait(for: pipe.reading, to: .readable) == .readable)
    }

    @Test("that the other end is closed is reported without being asked for")
    @LoopActor
    func hungUp() async throws {
        let reading = try Pipe().closingWriting()
        #expect(try await EventLoop.shared.wait(for: reading, to: []) == .hungUp)
        #expect(try await EventLoop.shared.wait(for: reading, to: .readable).contains(.hungUp))
    }

    @Test("a source that is stopped stays silent though it is held; one can change what it watches for")
    @LoopActor
    func stopAndChange() async throws {
        let pipe = try Pipe()
        var seen: [Epoll.Events] = []
        var next = Waiter<Void>()
        let source = try EventLoop.shared.watch(pipe.writing, for: []) {
            seen.append($0)
            next.resume(.success(()))
        }
        try await EventLoop.shared.sleep(.milliseconds(1))
        #expect(seen.isEmpty)
        try source.watch(for: .writable)
        try await next.value
        #expect(seen.first == .writable)
        source.stop()
        let count = seen.count
        next = Waiter()
        try await EventLoop.shared.sleep(.milliseconds(1))
        #expect(seen.count == count)
    }

    @Test("a handler may release its own source")
    @LoopActor
    func handlerDropsItself() async throws {
        let pipe = try Pipe()
        var calls = 0
        let called = Waiter<Void>()
        var source: EventSource?
        source = try EventLoop.shared.watch(pipe.writing, for: .writable) { _ in
            calls += 1
            source = nil
            called.resume(.success(()))
        }
        try await called.value
        try await EventLoop.shared.sleep(.milliseconds(1))
        #expect(calls == 1)
        #expect(source == nil)
    }

    @Test("a regular file cannot be watched, and neither can what is not open")
    @LoopActor
    func unwatchable() async throws {
        let folder = try TemporaryFolder()
        try Files.replace(folder["file"], with: "")
        let file = Descriptor(
            owning: try system("open", on: "file") { open(folder["file"], O_RDONLY | O_CLOEXEC) })
        let error = await #expect(throws: SystemError.self) {
            try await EventLoop.shared.wait(for: file, to: .readable)
        }
        #expect(error?.code == EPERM)
        await #expect(throws: SystemError.self) { try await EventLoop.shared.wait(forUnowned: -1, to: .readable) }
    }

    // MARK: Signals

    @Test("a signal comes with its sender, each time it is sent, until the source is released")
    @LoopActor
    func signals() async throws {
        // A number that no other test sends to this thread.
        let signal = Signal(rawValue: 50)
        var senders: [SignalSender] = []
        var next = Waiter<Void>()
        var source: EventSource? = try EventLoop.shared.onSignal(signal) {
            senders.append($0)
            next.resume(.success(()))
        }
        withExtendedLifetime(source) {}
        for _ in 0..<2 {
            next = Waiter()
            #expect(pthread_kill(pthread_self(), signal.rawValue) == 0)
            try await next.value
        }
        #expect(senders.map(\.process) == [getpid(), getpid()])
        source = nil
    }

    // MARK: Executor

    @Test("jobs of other threads run one at a time on the loop's own thread, each of them once")
    func jobs() async throws {
        let counter = Counter()
        let gate = try Gate()
        try onThreads(8) {
            for _ in 0..<100 {
                Task { @LoopActor in
                    counter.count += 1
                    counter.threads.insert(UInt(pthread_self()))
                    if counter.count == 800 { gate.open() }
                }
            }
        }
        try await gate.opened()
        #expect(await counter.count == 800)
        #expect(await counter.threads.count == 1)
        #expect(await counter.threads == [Self.loopThread()])
    }

    @LoopActor
    private final class Counter {
        var count = 0
        var threads: Set<UInt> = []
        nonisolated init() {}
    }

    @LoopActor
    private static func loopThread() -> UInt { UInt(pthread_self()) }

    @Test("a task of the loop never leaves its thread, not even in code that is not isolated")
    func tasks() async throws {
        let threads = try await EventLoop.shared.task {
            let before = UInt(pthread_self())
            let within = await Self.elsewhere()
            try await EventLoop.shared.sleep(.microseconds(1))
            return Set([before, within, UInt(pthread_self())])
        }.value
        #expect(threads == [await Self.loopThread()])
    }

    @concurrent
    private static func elsewhere() async -> UInt { UInt(pthread_self()) }

    @Test("what comes from the loop's callbacks may enter the actor; what comes from elsewhere may not")
    func isolation() async throws {
        #expect(await Self.enter())
        await #expect(processExitsWith: .failure) { LoopActor.assumeOnLoop {} }
    }

    @LoopActor
    private static func enter() async -> Bool {
        let waiter = Waiter<Bool>()
        let source = try? EventLoop.shared.after(.zero) {
            LoopActor.assumeOnLoop { waiter.resume(.success(true)) }
        }
        defer { withExtendedLifetime(source) {} }
        return (try? await waiter.value) ?? false
    }
}
