// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Linux
internal import Synchronization
public import Systemd

/// The container's end of a connection that a ``FakeEngine`` has hijacked.
///
/// Each function waits first until the client has asked for the connection.
public final class Hijack: Sendable {
    private struct State: ~Copyable {
        var connection: Descriptor?
        var unread: [UInt8] = []
    }

    private let state = Mutex(State())
    private let taken: Gate

    public init() throws { taken = try Gate() }

    func take(_ connection: consuming Descriptor, unread: [UInt8]) {
        var connection = Optional(connection)
        state.withLock {
            $0.connection = connection.take()
            $0.unread = unread
        }
        taken.open()
    }
}

@LoopActor
extension Hijack {
    /// Says something on the container's stdout and stderr; framed, unless it has a terminal.
    public func send(_ bytes: [UInt8]) async throws {
        let connection = try await connection()
        var rest = bytes[...]
        while !rest.isEmpty {
            do throws(SystemError) {
                rest = rest.dropFirst(try sendBytes(rest, to: connection.rawValue))
            } catch {
                guard error.wouldBlock else { throw error }
                _ = try await EventLoop.shared.wait(for: connection, to: .writable)
            }
        }
    }

    /// What comes on the container's stdin next; empty at its end.
    public func read(upTo count: Int = 65536) async throws -> [UInt8] {
        let connection = try await connection()
        let unread = state.withLock { state in
            defer { state.unread = [] }
            return state.unread
        }
        if !unread.isEmpty { return unread }
        while true {
            do throws(SystemError) {
                return try connection.read(upTo: count)
            } catch {
                guard error.wouldBlock else { throw error }
                _ = try await EventLoop.shared.wait(for: connection, to: .readable)
            }
        }
    }

    /// Ends both directions, as the Engine does when the container has ended.
    public func close() async throws {
        _ = shutdown(try await connection().rawValue, Int32(SHUT_RDWR))
        state.withLock { $0.connection = nil }
    }

    // One of its own for each call: epoll(7) takes a descriptor only once, and a test may read and send at a time.
    private func connection() async throws -> Descriptor {
        try await taken.opened()
        let duplicate = try state.withLock { state throws(SystemError) -> Descriptor? in
            switch state.connection {
            case .some(let connection): try Descriptor.duplicate(of: connection.rawValue)
            case nil: nil
            }
        }
        guard let duplicate else { throw SystemError(call: "send", subject: "closed connection", code: EBADF) }
        return duplicate
    }
}
