// SPDX-License-Identifier: Apache-2.0

public import Linux

extension EventLoop {
    /// Starts a task that never leaves the loop.
    ///
    /// The actor's executor alone does not ensure that: code that is not isolated, such as the body of a continuation,
    /// would run on the concurrency runtime's thread pool.
    ///
    /// - Parameter body: What the task does.
    /// - Returns: The task.
    @discardableResult
    public func task<Result: Sendable>(_ body: @escaping @LoopActor () async throws -> Result) -> Task<
        Result, any Error
    > {
        Task(executorPreference: self, operation: body)
    }

    /// Starts a task that never leaves the loop and cannot fail.
    @discardableResult
    public func task<Result: Sendable>(_ body: @escaping @LoopActor () async -> Result) -> Task<Result, Never> {
        Task(executorPreference: self, operation: body)
    }

    /// Waits until a descriptor is ready.
    ///
    /// - Parameters:
    ///   - descriptor: The descriptor, which stays open until then.
    ///   - be: What is waited for; ``Epoll/Events/hungUp`` and ``Epoll/Events/failed`` end every wait.
    /// - Returns: What it is ready for.
    /// - Throws: `CancellationError` when the task is cancelled first, ``SystemError`` when it cannot be watched.
    @LoopActor
    public func wait(for descriptor: borrowing Descriptor, to be: Epoll.Events) async throws -> Epoll.Events {
        try await wait(forUnowned: descriptor.rawValue, to: be)
    }

    /// Waits until a descriptor that has no owner in this program is ready, such as stdin.
    ///
    /// - Parameters:
    ///   - descriptor: Its number; it must stay open until then.
    ///   - be: As in ``wait(for:to:)``.
    /// - Returns: What it is ready for.
    /// - Throws: As ``wait(for:to:)``.
    @LoopActor
    public func wait(forUnowned descriptor: Int32, to be: Epoll.Events) async throws -> Epoll.Events {
        try await wait { resume throws(SystemError) in try self.watch(unowned: descriptor, for: be) { resume($0) } }
    }

    /// Waits for a time.
    ///
    /// - Parameter time: How long.
    /// - Throws: `CancellationError` when the task is cancelled first.
    @LoopActor
    public func sleep(_ time: Duration) async throws {
        try await wait { resume throws(SystemError) in try self.after(time) { resume(()) } }
    }

    /// Runs a task, and cancels it when its time is over.
    ///
    /// - Parameters:
    ///   - limit: The time; `nil` is without a limit.
    ///   - body: What the task does.
    /// - Returns: Its result; `nil` where it was not done in time.
    /// - Throws: What the body throws; `CancellationError` when the calling task is cancelled.
    @LoopActor
    public func within<Result: Sendable>(
        _ limit: Duration?, _ body: @escaping @LoopActor () async throws -> Result
    ) async throws -> Result? {
        let work = task(body)
        var isLate = false
        let timer = try limit.map { time in
            try after(time) {
                isLate = true
                work.cancel()
            }
        }
        defer { withExtendedLifetime(timer) {} }
        do {
            return try await work.cancellableValue
        } catch  where isLate {
            return nil
        }
    }

    @LoopActor
    private func wait<Result: Sendable>(
        for source: (_ resume: @escaping (Result) -> Void) throws(SystemError) -> EventSource
    ) async throws -> Result {
        let waiter = Waiter<Result>()
        // A wait that is cancelled leaves the source, which holds the waiter.
        defer { waiter.source = nil }
        waiter.source = try source { waiter.resume(.success($0)) }
        return try await waiter.value
    }
}

/// One event that tasks wait for, each until it has come or the task is cancelled.
@LoopActor
public final class Waiter<Result: Sendable> {
    /// What brings the event about; released as soon as it has come.
    var source: EventSource?
    private var waits: [Int: Wait] = [:]
    private var count = 0
    private var outcome: Swift.Result<Result, any Error>?

    /// The wait of one task.
    private enum Wait {
        /// The task has no continuation yet.
        case begun
        case suspended(CheckedContinuation<Result, any Error>)
        case cancelled
    }

    public init() {}

    /// Ends the wait of all tasks; a second call changes nothing.
    ///
    /// - Parameter result: What ``value`` gives or throws from now on.
    public func resume(_ result: Swift.Result<Result, any Error>) {
        guard outcome == nil else { return }
        outcome = result
        source = nil
        let waits = waits.values
        self.waits = [:]
        for case .suspended(let continuation) in waits { continuation.resume(with: result) }
    }

    /// The result, as soon as there is one.
    ///
    /// - Throws: `CancellationError` when the task is cancelled first; other tasks keep waiting.
    public var value: Result {
        get async throws {
            count += 1
            let number = count
            waits[number] = .begun
            defer { waits[number] = nil }
            return try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { continuation in
                    if let outcome {
                        continuation.resume(with: outcome)
                    } else if case .cancelled = waits[number] {
                        continuation.resume(throwing: CancellationError())
                    } else {
                        waits[number] = .suspended(continuation)
                    }
                }
            } onCancel: {
                EventLoop.shared.task { self.cancel(number) }
            }
        }
    }

    private func cancel(_ number: Int) {
        guard let wait = waits[number] else { return }
        waits[number] = .cancelled
        if case .suspended(let continuation) = wait { continuation.resume(throwing: CancellationError()) }
    }
}
