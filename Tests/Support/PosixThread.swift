// SPDX-License-Identifier: Apache-2.0

internal import Glibc
public import Linux

/// A thread outside Swift's own pool: it may block as long as it likes.
public struct PosixThread: @unchecked Sendable {
    private let id: pthread_t

    /// Starts it; it must be joined, or never end.
    public init(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
        var id = pthread_t()
        let context = Unmanaged.passRetained(Box(body))
        let code = pthread_create(
            &id, nil,
            { context in
                if let context { Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body() }
                return nil
            }, context.toOpaque())
        guard code == 0 else {
            context.release()
            throw SystemError(call: "pthread_create", subject: "thread", code: code)
        }
        self.id = id
    }

    /// Waits for its end.
    public func join() { pthread_join(id, nil) }

    private final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}

/// Runs `body` on `count` threads at once and returns when all are done.
public func onThreads(_ count: Int, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
    var threads: [PosixThread] = []
    defer { for thread in threads { thread.join() } }
    for _ in 0..<count { threads.append(try PosixThread(body)) }
}
