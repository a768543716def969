// SPDX-License-Identifier: Apache-2.0

import Linux
import Support
import Systemd
import Testing

@Suite("Waiting on the loop", .timeLimit(.minutes(1)))
struct WaitingTests {
    private struct Failure: Error, Equatable {}

    /// So long that a test that waits for it fails.
    private static let forEver = Duration.seconds(3600)

    init() { LoopThread.start() }

    // MARK: Within a time

    @Test("what is done in time gives its result")
    @LoopActor
    func inTime() async throws {
        let result = try await EventLoop.shared.within(Self.forEver) {
            try await EventLoop.shared.sleep(.microseconds(1))
            return 7
        }
        #expect(result == 7)
    }

    @Test("what is late is cancelled, and gives nil")
    @LoopActor
    func late() async throws {
        var wasCancelled = false
        let result = try await EventLoop.shared.within(.milliseconds(1)) {
            do {
                try await EventLoop.shared.sleep(Self.forEver)
            } catch {
                wasCancelled = error is CancellationError
                throw error
            }
            return 7
        }
        #expect(result == nil)
        #expect(wasCancelled)
    }

    @Test("an error of its own comes through")
    @LoopActor
    func failure() async throws {
        await #expect(throws: Failure()) {
            try await EventLoop.shared.within(Self.forEver) { throw Failure() }
        }
    }

    @Test("a wait with a limit can be cancelled, which is not a timeout")
    @LoopActor
    func cancelledWithin() async throws {
        let task = Task { @LoopActor in
            try await EventLoop.shared.within(Self.forEver) {
                try await EventLoop.shared.sleep(Self.forEver)
            }
        }
        await Task.yield()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    // MARK: Cancellation

    @Test("a wait that is cancelled ends, and its descriptor can be waited for again")
    @LoopActor
    func cancelledWait() async throws {
        let pipe = try Pipe()
        let reading = pipe.reading.rawValue
        let begun = try Gate()
        let task = Task { @LoopActor in
            begun.open()
            return try await EventLoop.shared.wait(forUnowned: reading, to: .readable)
        }
        try await begun.opened()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        // epoll(7) takes a descriptor only once: had the first wait kept it, this would be EEXIST.
        let result = try await EventLoop.shared.within(.milliseconds(1)) {
            try await EventLoop.shared.wait(forUnowned: reading, to: .readable)
        }
        #expect(result == nil)
    }

    @Test("a wait of a task that is cancelled already does not begin")
    @LoopActor
    func cancelledBefore() async throws {
        let task = Task { @LoopActor in try await EventLoop.shared.sleep(Self.forEver) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    // MARK: Waiter

    @Test("a result that comes before a task waits is kept, and the first one counts")
    @LoopActor
    func waiterKeeps() async throws {
        let waiter = Waiter<Int>()
        waiter.resume(.success(1))
        waiter.resume(.success(2))
        waiter.resume(.failure(Failure()))
        #expect(try await waiter.value == 1)
        #expect(try await waiter.value == 1)
    }

    @Test("a failure is thrown, whether it comes before or after one asks", arguments: [true, false])
    @LoopActor
    func waiterFails(before: Bool) async throws {
        let waiter = Waiter<Int>()
        if before { waiter.resume(.failure(Failure())) }
        let task = Task { @LoopActor in try await waiter.value }
        await Task.yield()
        if !before { waiter.resume(.failure(Failure())) }
        await #expect(throws: Failure()) { try await task.value }
    }

    @Test("every task that waits gets the result")
    @LoopActor
    func waiterShared() async throws {
        let waiter = Waiter<Int>()
        let tasks = (0..<3).map { _ in Task { @LoopActor in try await waiter.value } }
        try await Gate.onceAround()
        waiter.resume(.success(1))
        for task in tasks { #expect(try await task.value == 1) }
    }

    @Test("a cancelled task stops waiting; the others keep waiting")
    @LoopActor
    func waiterCancelled() async throws {
        let waiter = Waiter<Int>()
        let tasks = (0..<2).map { _ in Task { @LoopActor in try await waiter.value } }
        try await Gate.onceAround()
        tasks[0].cancel()
        await #expect(throws: CancellationError.self) { try await tasks[0].value }
        waiter.resume(.success(1))
        #expect(try await tasks[1].value == 1)
        #expect(try await waiter.value == 1)
    }

    // MARK: cancellableValue

    @Test("a task that waits for another one cancels it when it is cancelled itself")
    @LoopActor
    func cancellableValue() async throws {
        let work = EventLoop.shared.task { try await EventLoop.shared.sleep(Self.forEver) }
        let task = Task { @LoopActor in try await work.cancellableValue }
        try await Gate.onceAround()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(work.isCancelled)
    }
}
