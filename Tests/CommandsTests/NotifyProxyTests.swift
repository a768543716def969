// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Systemd
import Testing

@testable import Commands

@Suite("What a container may tell the manager")
struct PassableTests {
    @Test(
        "fields that a service says of itself pass, as they are",
        arguments: [
            "READY=1", "RELOADING=1", "MONOTONIC_USEC=123", "STOPPING=1", "STATUS=up and running", "STATUS=",
            "STATUS=a=b", "ERRNO=2", "WATCHDOG=1", "EXTEND_TIMEOUT_USEC=5000000", "STATUS=grün 🙂",
        ])
    func passed(field: String) { #expect(NotifyProxy.read(Array(field.utf8)).passed == [field]) }

    @Test(
        "what would take the unit out of our hands does not",
        arguments: [
            "MAINPID=1", "MAINPIDFDID=1", "FDSTORE=1", "FDSTOREREMOVE=1", "FDNAME=x", "FDPOLL=0", "NOTIFYACCESS=all",
            "BARRIER=1", "WATCHDOG_USEC=1", "BUSERROR=x", "VARLINKERROR=x", "EXIT_STATUS=0", "X_OWN=1", "ready=1",
            " READY=1", "READY =1", "READY", "=1", "=", "",
        ])
    func dropped(field: String) {
        #expect(NotifyProxy.read(Array(field.utf8)).passed.isEmpty)
        // Nor in company.
        #expect(NotifyProxy.read(Array("READY=1\n\(field)\nSTATUS=up".utf8)).passed == ["READY=1", "STATUS=up"])
    }

    @Test(
        "a field cannot hide another one, whatever the manager takes for the end of a line",
        arguments: ["\n", "\r", "\r\n", "\n\r", "\r\r\n", "\n\n"])
    func lineEnds(end: String) {
        let message = Array("READY=1\(end)MAINPID=1\(end)STATUS=up".utf8)
        #expect(NotifyProxy.read(message).passed == ["READY=1", "STATUS=up"])
    }

    @Test(
        "characters that join the one before them hide nothing",
        arguments: ["\u{301}", "\u{200D}", "\u{FE0F}", "\u{20DD}"])
    func combining(mark: String) {
        let (ready, main) = ("READY=1", "MAINPID=1")
        #expect(NotifyProxy.read(Array("\(ready)\n\(mark)\(main)".utf8)).passed == [ready])
        #expect(NotifyProxy.read(Array("\(ready)\(mark)\n\(main)".utf8)).passed == [ready + mark])
        #expect(
            NotifyProxy.read(Array("READY=\(mark)1\nMAINPID\(mark)=1\nMAINPID=\(mark)1".utf8)).passed == [
                "READY=\(mark)1"
            ]
        )
    }

    @Test("a field that is not text is nothing, and spoils no other")
    func notText() {
        #expect(NotifyProxy.read([0xFF, 0xFE]).passed.isEmpty)
        #expect(NotifyProxy.read(Array("READY=1\nSTATUS=".utf8) + [0xC3]).passed == ["READY=1"])
        #expect(NotifyProxy.read([]).passed.isEmpty)
        #expect(NotifyProxy.read([UInt8](repeating: 10, count: 4096)).passed.isEmpty)
    }

    @Test("a zero byte is let stand at the end alone, as the manager has it")
    func zero() {
        #expect(NotifyProxy.read(Array("READY=1\0".utf8)).passed == ["READY=1"])
        for message in ["READY=1\0\0", "STATUS=a\0\nREADY=1", "\0READY=1", "READY=1\nSTATUS=a\0b"] {
            #expect(NotifyProxy.read(Array(message.utf8)).passed.isEmpty)
        }
    }
}

@Suite("The socket for a container's messages", .timeLimit(.minutes(1)))
struct NotifyProxyTests {
    private let folder: TemporaryFolder

    init() throws {
        LoopThread.start()
        folder = try TemporaryFolder()
    }

    /// What was passed on.
    @LoopActor
    private final class Manager {
        private(set) var messages: [[String]] = []
        private(set) var complaints: [String] = []
        private var awaited: Waiter<Void>?

        func complain(_ of: String) { complaints.append(of) }

        func take(_ fields: [String]) {
            messages.append(fields)
            awaited?.resume(.success(()))
        }

        /// The messages until one with this field.
        func messages(until field: String) async throws -> [[String]] {
            while messages.last?.contains(field) != true {
                let waiter = Waiter<Void>()
                awaited = waiter
                try await waiter.value
            }
            return messages
        }
    }

    @LoopActor
    private func proxy() throws -> NotifyProxy { try NotifyProxy(in: folder["run"], name: "web") }

    @Test("a message from the container is passed on, without what it may not say")
    @LoopActor
    func passes() async throws {
        let (proxy, manager) = (try proxy(), Manager())
        var senders: [Int32] = []
        try proxy.listen(
            isInContainer: {
                senders.append($0)
                return true
            }, pass: manager.take, complain: manager.complain)
        try UnixSocket.send("STATUS=loading\nMAINPID=1", to: proxy.path)
        try UnixSocket.send("READY=1", to: proxy.path)
        #expect(try await manager.messages(until: "READY=1") == [["STATUS=loading"], ["READY=1"]])
        #expect(senders == [getpid(), getpid()])
    }

    @Test("what was sent before we listened is not lost")
    @LoopActor
    func early() async throws {
        let (proxy, manager) = (try proxy(), Manager())
        try UnixSocket.send("READY=1", to: proxy.path)
        try proxy.listen(isInContainer: { _ in true }, pass: manager.take, complain: manager.complain)
        #expect(try await manager.messages(until: "READY=1") == [["READY=1"]])
    }

    @Test("a process that is not in the container is not heard; one that is gone by now is")
    @LoopActor
    func senders() async throws {
        let (proxy, manager) = (try proxy(), Manager())
        var verdicts: [Bool?] = [false, nil, true]
        try proxy.listen(isInContainer: { _ in verdicts.removeFirst() }, pass: manager.take, complain: manager.complain)
        for text in ["STATUS=stranger", "STATUS=gone", "READY=1"] { try UnixSocket.send(text, to: proxy.path) }
        #expect(try await manager.messages(until: "READY=1") == [["STATUS=gone"], ["READY=1"]])
    }

    @Test("a message that is too long for the manager, or empty, or garbage, is dropped, and the next one is heard")
    @LoopActor
    func hostile() async throws {
        let (proxy, manager) = (try proxy(), Manager())
        try proxy.listen(isInContainer: { _ in true }, pass: manager.take, complain: manager.complain)
        let text = "READY=1\nSTATUS="
        let longest = text + String(repeating: "x", count: 4096 - text.utf8.count)
        for message in [longest + "x", String(repeating: "READY=1\n", count: 10000), "", "\n", "garbage", longest] {
            try UnixSocket.send(message, to: proxy.path)
        }
        try UnixSocket.send("STATUS=last", to: proxy.path)
        let heard = try await manager.messages(until: "STATUS=last")
        #expect(heard.map(\.count) == [2, 1])
        #expect(heard.first?.last?.utf8.count == 4096 - "READY=1\n".utf8.count)
    }

    @Test("any user of the container may send; of the host's users, only its owner may come near")
    @LoopActor
    func modes() throws {
        let proxy = try proxy()
        func mode(_ path: String) -> mode_t {
            var status = stat()
            #expect(stat(path, &status) == 0)
            return status.st_mode & 0o777
        }
        #expect(mode(proxy.path) == 0o666)
        #expect(mode(folder["run/web"]) == 0o700)
        #expect(mode(folder["run"]) == 0o700)
    }

    @Test("nothing is left of it when it is closed, twice, but the folder of all")
    @LoopActor
    func close() throws {
        let proxy = try proxy()
        try proxy.listen(isInContainer: { _ in true }, pass: { _ in }, complain: { _ in })
        proxy.close()
        proxy.close()
        #expect(try Files.names(in: folder["run"]).isEmpty)
    }

    @Test("what a run that was killed has left is no obstacle")
    @LoopActor
    func stale() async throws {
        let manager = Manager()
        do { _ = try proxy() }
        let proxy = try proxy()
        try proxy.listen(isInContainer: { _ in true }, pass: manager.take, complain: manager.complain)
        try UnixSocket.send("READY=1", to: proxy.path)
        #expect(try await manager.messages(until: "READY=1") == [["READY=1"]])
    }

    @Test("a folder that Docker made in its place, when somebody started the container by hand, is no obstacle")
    @LoopActor
    func folderInPlace() throws {
        for name in ["run", "run/web", "run/web/notify"] { try Files.makeFolder(folder[name]) }
        let proxy = try proxy()
        try UnixSocket.send("READY=1", to: proxy.path)
        proxy.close()
        #expect(try Files.names(in: folder["run"]).isEmpty)
    }

    @Test("a name too long for a socket is refused, and leaves nothing")
    @LoopActor
    func longName() throws {
        let name = String(repeating: "x", count: 100)
        #expect(throws: SystemError.self) { try NotifyProxy(in: folder.path, name: name) }
        #expect(try Files.names(in: folder.path).isEmpty)
    }
}
