// SPDX-License-Identifier: Apache-2.0

internal import Linux

extension EventLoop {
    /// Begins a task that never leaves the loop.
    ///
    /// An actor's own executor is not enough for that: what is not isolated, the inside of a continuation for one, would
    /// run on the concurrency runtime's thread pool.
    @discardableResult
    public func task<Result: Sendable>(_ body: @escaping @LoopActor () async throws -> Result) -> Task<
        Result, any Error
    > {
        Task(executorPreference: self, operation: body)
    }

    /// Begins a task that never leaves the loop and cannot fail.
    @discardableResult
    public func task<Result: Sendable>(_ body: @escaping @LoopActor () async -> Result) -> Task<Result, Never> {
        Task(executorPreference: self, operation: body)
    }

    /// Waits until the descriptor is ready, and says how.
    ///
    /// - Throws: `CancellationError` when the task is cancelled first, ``SystemError`` when it cannot be watched.
    @LoopActor
    public func wait(for descriptor: Int32, to be: Readiness) async throws -> Readiness {
        try await wait { resume throws(SystemError) in try self.watch(descriptor, for: be) { resume($0) } }
    }

    /// Waits for a time.
    ///
    /// - Throws: `CancellationError` when the task is cancelled first.
    @LoopActor
    public func sleep(_ time: Duration) async throws {
        try await wait { resume throws(SystemError) in try self.after(time) { resume(()) } }
    }

    /// Runs `body`; a task that is not done in time is cancelled, and `nil` comes back.
    ///
    /// - Parameter limit: `nil` waits for ever.
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
            return try await withTaskCancellationHandler {
                try await work.value
            } onCancel: {
                work.cancel()
            }
        } catch  where isLate {
            return nil
        }
    }

    @LoopActor
    private func wait<Result: Sendable>(
        for source: (_ resume: @escaping (Result) -> Void) throws(SystemError) -> EventSource
    ) async throws -> Result {
        let waiter = Waiter<Result>()
        waiter.source = try source { waiter.resume(.success($0)) }
        return try await waiter.value
    }
}

/// One wait of one task for one event; the first of event and cancellation ends it.
@LoopActor
public final class Waiter<Result: Sendable> {
    /// What the wait hangs on: let go of when it is over.
    var source: EventSource?
    private var continuation: CheckedContinuation<Result, any Error>?
    private var outcome: Swift.Result<Result, any Error>?

    public init() {}

    /// Ends the wait; a second call changes nothing.
    public func resume(_ result: Swift.Result<Result, any Error>) {
        guard outcome == nil else { return }
        outcome = result
        source = nil
        continuation?.resume(with: result)
        continuation = nil
    }

    /// What ended the wait, as soon as something has.
    public var value: Result {
        get async throws {
            try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { continuation in
                    if let outcome { continuation.resume(with: outcome) } else { self.continuation = continuation }
                }
            } onCancel: {
                EventLoop.shared.task { self.resume(.failure(CancellationError())) }
            }
        }
    }
}
