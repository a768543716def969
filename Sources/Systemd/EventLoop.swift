// SPDX-License-Identifier: Apache-2.0

internal import CSystemd
internal import Glibc
public import Linux
internal import Synchronization

/// The program's event loop, and the executor of all that is isolated to ``LoopActor``.
///
/// Signals, pidfds, sockets, timers and the jobs of Swift's tasks are sources of one sd-event(3) loop: one thread, no
/// locks, and no wake-up while nothing happens.
public final class EventLoop: SerialExecutor, TaskExecutor, @unchecked Sendable {
    /// The loop that ``LoopActor`` runs on.
    public static let shared = EventLoop()

    // Set once by init, before another thread can see the loop.
    private let event: OpaquePointer?
    private let wakeup: Int32
    private let thread = Mutex<pthread_t?>(nil)
    private let jobs = Mutex<[UnownedJob]>([])

    private init() {
        var event: OpaquePointer?
        _ = sd_event_new(&event)
        self.event = event
        wakeup = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        var source: OpaquePointer?
        let me = Unmanaged.passUnretained(self).toOpaque()
        _ = sd_event_add_io(
            event, &source, wakeup, EPOLLIN.rawValue,
            { _, _, _, me in
                if let me { Unmanaged<EventLoop>.fromOpaque(me).takeUnretainedValue().runJobs() }
                return 0
            }, me)
        _ = sd_event_source_set_floating(source, 1)
        sd_event_source_unref(source)
    }

    // MARK: Running

    /// Dispatches events on the calling thread until ``stop()``.
    ///
    /// - Throws: ``SystemError`` where the loop could not be made, or polling failed.
    public func run() throws(SystemError) {
        thread.withLock { $0 = pthread_self() }
        guard event != nil, wakeup >= 0 else {
            throw SystemError(call: "sd_event_new", subject: "event loop", code: EMFILE)
        }
        try check("sd_event_loop") { sd_event_loop(event) }
    }

    /// Makes ``run()`` return after the handler that is running.
    public func stop() { _ = sd_event_exit(event, 0) }

    // MARK: Executor

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isFirst = jobs.withLock {
            $0.append(job)
            return $0.count == 1
        }
        guard isFirst else { return }
        var one: UInt64 = 1
        _ = write(wakeup, &one, MemoryLayout.size(ofValue: one))
    }

    public func checkIsolated() { precondition(isCurrent, "called from outside the event loop") }

    /// Whether the calling thread is the one that the loop runs on.
    public var isCurrent: Bool { thread.withLock { $0.map { pthread_equal($0, pthread_self()) != 0 } ?? false } }

    private func runJobs() {
        var count: UInt64 = 0
        _ = read(wakeup, &count, MemoryLayout.size(ofValue: count))
        let ready = jobs.withLock {
            let ready = $0
            $0 = []
            return ready
        }
        for job in ready {
            job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
        }
    }

    // MARK: Sources

    /// Calls a handler each time a descriptor is ready, until the source is released.
    ///
    /// - Parameters:
    ///   - descriptor: The descriptor, which must stay open as long as the source is held.
    ///   - events: What it is watched for.
    ///   - handler: Called with what it is ready for.
    /// - Returns: The source.
    /// - Throws: EPERM for a regular file, which is always ready and cannot be watched.
    @LoopActor
    public func watch(
        _ descriptor: borrowing Descriptor, for events: Epoll.Events, _ handler: @escaping (Epoll.Events) -> Void
    ) throws(SystemError) -> EventSource {
        try watch(unowned: descriptor.rawValue, for: events, handler)
    }

    /// Calls a handler each time a descriptor is ready that has no owner in this program: stdin, or one of libcurl's.
    ///
    /// - Parameters:
    ///   - descriptor: Its number; it must stay open as long as the source is held.
    ///   - events: What it is watched for.
    ///   - handler: Called with what it is ready for.
    /// - Returns: The source.
    /// - Throws: As ``watch(_:for:_:)``.
    @LoopActor
    public func watch(
        unowned descriptor: Int32, for events: Epoll.Events, _ handler: @escaping (Epoll.Events) -> Void
    ) throws(SystemError) -> EventSource {
        let source = EventSource { handler(Epoll.Events(rawValue: UInt32(truncatingIfNeeded: $0.number))) }
        try check("sd_event_add_io") {
            sd_event_add_io(
                event, &source.pointer, descriptor, events.rawValue,
                { _, _, ready, source in EventSource.fire(source, EventSource.Occasion(number: UInt64(ready))) },
                source.asContext)
        }
        return source
    }

    /// Calls a handler once, after a time, unless the source is released before.
    ///
    /// - Parameters:
    ///   - time: The time.
    ///   - handler: Called on the loop.
    /// - Returns: The source.
    /// - Throws: ``SystemError`` where the timer cannot be made.
    @LoopActor
    public func after(_ time: Duration, _ handler: @escaping () -> Void) throws(SystemError) -> EventSource {
        let source = EventSource { _ in handler() }
        // Exact to the microsecond: by sd-event's own default (0) a timer waits up to 250 ms for others to share its
        // wake-up, and libcurl begins each request with a timer.
        try check("sd_event_add_time_relative") {
            sd_event_add_time_relative(
                event, &source.pointer, CLOCK_MONOTONIC, time.microseconds, 1,
                { _, _, source in EventSource.fire(source, EventSource.Occasion(number: 0)) }, source.asContext)
        }
        return source
    }

    /// Calls a handler for each signal of a number, until the source is released.
    ///
    /// The signal must be blocked in every thread (``blockSignals(_:)``).
    ///
    /// - Parameters:
    ///   - signal: The signal.
    ///   - handler: Called on the loop with the sender.
    /// - Returns: The source.
    /// - Throws: EBUSY where the signal is not blocked, or has a source already.
    @LoopActor
    public func onSignal(
        _ signal: Signal, _ handler: @escaping (_ sender: SignalSender) -> Void
    ) throws(SystemError) -> EventSource {
        let source = EventSource { handler($0.sender) }
        try check("sd_event_add_signal") {
            sd_event_add_signal(
                event, &source.pointer, signal.rawValue,
                { _, info, source in
                    guard let info else { return 0 }
                    let sender = SignalSender(
                        process: Int32(bitPattern: info.pointee.ssi_pid), code: info.pointee.ssi_code)
                    return EventSource.fire(source, EventSource.Occasion(number: 0, sender: sender))
                }, source.asContext)
        }
        // A signal and its effect may be pending at once: the cause is handled first.
        try check("sd_event_source_set_priority") {
            sd_event_source_set_priority(source.pointer, Int64(SD_EVENT_PRIORITY_IMPORTANT))
        }
        return source
    }

    /// Blocks signals in the calling thread and all that it starts, so that only the loop gets them.
    ///
    /// To be called before there is another thread.
    ///
    /// - Parameter signals: The signals.
    public static func blockSignals(_ signals: [Signal]) {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal.rawValue) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }
}

/// Everything that runs on the loop's thread.
@globalActor
public actor LoopActor {
    public static let shared = LoopActor()
    public nonisolated var unownedExecutor: UnownedSerialExecutor { EventLoop.shared.asUnownedSerialExecutor() }
}

/// An event source of the loop; releasing it removes it.
public final class EventSource {
    struct Occasion {
        let number: UInt64
        var sender = SignalSender(process: 0, code: 0)
    }

    fileprivate var pointer: OpaquePointer?
    private let handler: (Occasion) -> Void

    fileprivate init(_ handler: @escaping (Occasion) -> Void) { self.handler = handler }

    deinit { sd_event_source_disable_unref(pointer) }

    fileprivate var asContext: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    fileprivate static func fire(_ context: UnsafeMutableRawPointer?, _ occasion: Occasion) -> Int32 {
        guard let context else { return 0 }
        // Held until the handler is done, which may release its own source.
        let source = Unmanaged<EventSource>.fromOpaque(context).takeUnretainedValue()
        withExtendedLifetime(source) { source.handler(occasion) }
        return 0
    }

    /// Disables the source for good, even if it is still held.
    @LoopActor
    public func stop() { _ = sd_event_source_set_enabled(pointer, Int32(SD_EVENT_OFF)) }

    /// Changes the events that a descriptor is watched for.
    ///
    /// - Parameter events: The events.
    /// - Throws: EDOM for a source that is not a descriptor's.
    @LoopActor
    public func watch(for events: Epoll.Events) throws(SystemError) {
        try check("sd_event_source_set_io_events") { sd_event_source_set_io_events(pointer, events.rawValue) }
    }
}

/// Turns the negative errno that libsystemd's functions return into an error.
@discardableResult
func check(_ call: String, _ body: () -> Int32) throws(SystemError) -> Int32 {
    let result = body()
    if result < 0 { throw SystemError(call: call, subject: "event loop", code: -result) }
    return result
}

extension LoopActor {
    /// Runs a body at once, in a callback from C that is known to come on the loop's thread.
    ///
    /// - Parameter body: The body.
    /// - Returns: Its result.
    public nonisolated static func assumeOnLoop<Result>(_ body: @LoopActor () -> Result) -> Result {
        EventLoop.shared.checkIsolated()
        return withoutActuallyEscaping(body) { body in
            // The same function without its isolation, which was just checked.
            unsafeBitCast(body, to: (() -> Result).self)()
        }
    }
}
