// SPDX-License-Identifier: Apache-2.0

internal import Glibc
public import Linux
public import Systemd

/// What one side of a test waits at until the other side opens it: instead of a sleep.
public final class Gate: Sendable {
    private let pipe: Pipe

    public init() throws(SystemError) { pipe = try Pipe() }

    /// Opens it for good.
    public func open() { _ = write(pipe.writing.rawValue, "!", 1) }

    /// Whether it is open.
    public var isOpen: Bool {
        var ready = pollfd(fd: pipe.reading.rawValue, events: Int16(POLLIN), revents: 0)
        return poll(&ready, 1, 0) == 1
    }

    /// Readable once it is open.
    var descriptor: Int32 { pipe.reading.rawValue }
}

@LoopActor
extension Gate {
    /// Goes once around the loop: what is ready by now has been seen to then.
    public static func onceAround() async throws {
        let gate = try Gate()
        gate.open()
        try await gate.opened()
    }

    /// Waits on the loop.
    public func opened() async throws {
        // One of its own for each wait: epoll(7) takes a descriptor only once.
        let mine = try Descriptor.duplicate(of: descriptor)
        _ = try await EventLoop.shared.wait(for: mine, to: .readable)
    }
}
