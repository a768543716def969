// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Systemd
import Testing

@Suite("Notification", .serialized, .timeLimit(.minutes(1)))
struct NotificationTests {
    init() { LoopThread.start() }

    /// Runs `body` with a socket of ours in the place of the service manager's.
    private func withManager(_ body: @escaping @LoopActor (borrowing Descriptor) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let path = folder["notify"]
        try await ProcessEnvironment.with(["NOTIFY_SOCKET": path]) {
            let socket = try UnixSocket.datagram(at: path)
            try await body(socket)
        }
        withExtendedLifetime(folder) {}
    }

    @Test(
        "each message is one datagram",
        arguments: [
            ("ready", "READY=1"), ("ready for another process", "MAINPID=4711\nREADY=1"), ("stopping", "STOPPING=1"),
            ("status", "STATUS=pulling busybox: 10 %"), ("fields", "RELOADING=1\nMONOTONIC_USEC=3"),
        ])
    func messages(name: String, text: String) async throws {
        try await withManager { socket in
            #expect(Notification.isHeard)
            switch name {
            case "ready": Notification.ready()
            case "ready for another process": Notification.ready(mainProcess: 4711)
            case "stopping": Notification.stopping()
            case "status": Notification.status("pulling busybox: 10 %")
            default: Notification.send(["RELOADING=1", "MONOTONIC_USEC=3"])
            }
            let datagram = try socket.receive(upTo: 4096)
            #expect(String(decoding: datagram.bytes, as: UTF8.self) == text)
            #expect(datagram.sender.process == getpid())
            #expect(throws: SystemError.self) { _ = try socket.receive(upTo: 4096) }
        }
    }

    @Test("a manager that is gone is no error")
    func goneManager() async throws {
        try await ProcessEnvironment.with(["NOTIFY_SOCKET": "/no/such/socket"]) {
            #expect(Notification.isHeard)
            Notification.ready()
            let wasHeard = try await Notification.barrier()
            #expect(!wasHeard)
        }
    }

    @Test("without a manager nothing is sent, and nothing is waited for")
    func noManager() async throws {
        try await ProcessEnvironment.with(["NOTIFY_SOCKET": nil]) {
            #expect(!Notification.isHeard)
            Notification.ready()
            let wasHeard = try await Notification.barrier()
            #expect(!wasHeard)
        }
    }

    @Test("a barrier is passed when the manager has closed the descriptor that came with it, not before")
    func barrier() async throws {
        try await withManager { socket in
            var hasPassed = false
            let task = Task { @LoopActor in
                let wasHeard = try await Notification.barrier()
                hasPassed = true
                return wasHeard
            }
            _ = try await EventLoop.shared.wait(for: socket, to: .readable)
            // The loop has gone round since the barrier was sent: had it not waited, it would have passed.
            try await EventLoop.shared.sleep(.milliseconds(1))
            #expect(!hasPassed)
            // Reading it without room for descriptors closes them (unix(7)).
            #expect(try socket.receive(upTo: 4096).bytes == Array("BARRIER=1".utf8))
            #expect(try await task.value)
            #expect(hasPassed)
        }
    }

    @Test("a barrier that is cancelled ends")
    func cancelledBarrier() async throws {
        try await withManager { socket in
            let task = Task { @LoopActor in try await Notification.barrier() }
            _ = try await EventLoop.shared.wait(for: socket, to: .readable)
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }
}
