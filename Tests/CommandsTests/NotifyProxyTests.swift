// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Systemd
import Testing

@testable import Cgroups
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

        var isAlone = true
        /// Whether it is alone it says when this is open; at once without.
        var answer: Gate?

        func listen(to proxy: NotifyProxy) {
            proxy.listen(
                isAlone: {
                    try? await self.answer?.opened()
                    return self.isAlone
                }, pass: take, complain: { self.complaints.append($0) })
        }

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

    private static let id = String(repeating: "5ca1ab1e", count: 8)
    private nonisolated static let (inside, outside) = (place("/docker/\(id)"), place("/docker/other"))
    /// What an older kernel tells of a process that is gone.
    private static let unknown = Whereabouts(cgroup: nil, membership: nil)

    private static func place(_ path: String) -> Whereabouts {
        Whereabouts(cgroup: nil, membership: Membership(parsing: "0::\(path)\n"))
    }

    /// What the kernel says of the senders, one after the other; of all others that they are in the container.
    @LoopActor
    private final class Kernel {
        private var left: [Whereabouts]
        private let awaited: Int
        private(set) var asked = 0
        /// So many senders were asked about.
        let wasAsked = Waiter<Void>()

        init(_ left: [Whereabouts] = [], until awaited: Int = 1) { (self.left, self.awaited) = (left, awaited) }

        func whereabouts(of sender: borrowing Sender) -> Whereabouts {
            #expect(sender.process == getpid())
            asked += 1
            if asked == awaited { wasAsked.resume(.success(())) }
            return left.isEmpty ? inside : left.removeFirst()
        }
    }

    @LoopActor
    private func proxy(_ kernel: Kernel = Kernel(), isFound: Bool = true) throws -> NotifyProxy {
        let proxy = try NotifyProxy(in: folder["run"], name: "web", locate: kernel.whereabouts)
        if isFound { try found(proxy) }
        return proxy
    }

    /// The container is found in its cgroup.
    @LoopActor
    private func found(_ proxy: NotifyProxy) throws {
        let proc = try TemporaryFolder()
        try Files.makeFolder(proc["7"])
        try Files.replace(proc["7/cgroup"], with: "0::/docker/\(Self.id)\n")
        proxy.add(try ContainerGroup(of: 7, id: Self.id, unit: nil, proc: proc.path, root: proc.path))
    }

    @Test("a message from the container is passed on, without what it may not say")
    @LoopActor
    func passes() async throws {
        let (proxy, manager) = (try proxy(), Manager())
        manager.listen(to: proxy)
        try UnixSocket.send("STATUS=loading\nMAINPID=1", to: proxy.path)
        try UnixSocket.send("READY=1", to: proxy.path)
        #expect(try await manager.messages(until: "READY=1") == [["STATUS=loading"], ["READY=1"]])
    }

    @Test("what was sent before we listened is not lost, however much it is")
    @LoopActor
    func early() async throws {
        let kernel = Kernel(until: 100)
        let (proxy, manager) = (try proxy(kernel), Manager())
        let path = proxy.path
        let texts = (0..<300).map { "STATUS=\($0)" } + ["READY=1"]
        // Waits when the socket is full.
        let thread = try PosixThread { for text in texts { try? UnixSocket.send(text, to: path) } }
        try await kernel.wasAsked.value
        manager.listen(to: proxy)
        #expect(try await manager.messages(until: "READY=1") == texts.map { [$0] })
        thread.join()
    }

    @Test("a process that is not in the container is not heard, whether it lives or not")
    @LoopActor
    func senders() async throws {
        let (proxy, manager) = (try proxy(Kernel([Self.outside, Self.inside, Self.outside])), Manager())
        manager.listen(to: proxy)
        for text in ["STATUS=stranger", "STATUS=ours", "READY=1", "READY=1"] {
            try UnixSocket.send(text, to: proxy.path)
        }
        #expect(try await manager.messages(until: "READY=1") == [["STATUS=ours"], ["READY=1"]])
        #expect(manager.complaints == ["a message of a process that is not in the container"])
    }

    @Test(
        "where the kernel tells nothing of a sender, it is heard if only the container reaches the socket; in its turn",
        arguments: [true, false], [true, false])
    @LoopActor
    func unknown(isAlone: Bool, isFound: Bool) async throws {
        let senders = isFound ? [Self.inside, Self.unknown, Self.outside] : [Self.unknown, Self.unknown, Self.outside]
        let kernel = Kernel(senders, until: 3)
        let (proxy, manager, answer) = (try proxy(kernel, isFound: isFound), Manager(), try Gate())
        (manager.isAlone, manager.answer) = (isAlone, answer)
        manager.listen(to: proxy)
        for text in ["STATUS=first", "STATUS=gone", "STATUS=stranger"] { try UnixSocket.send(text, to: proxy.path) }
        try await kernel.wasAsked.value
        if !isFound { try found(proxy) }
        try UnixSocket.send("READY=1", to: proxy.path)
        answer.open()
        let heard = (isFound || isAlone ? [["STATUS=first"]] : []) + (isAlone ? [["STATUS=gone"]] : [])
        #expect(try await manager.messages(until: "READY=1") == heard + [["READY=1"]])
    }

    @Test("what is sent after the end of the container's process is for the next listener")
    @LoopActor
    func held() async throws {
        let kernel = Kernel([Self.inside, Self.unknown], until: 3)
        let (proxy, first, second) = (try proxy(kernel), Manager(), Manager())
        first.listen(to: proxy)
        try UnixSocket.send("STATUS=one", to: proxy.path)
        try UnixSocket.send("STATUS=two", to: proxy.path)
        proxy.hold()
        try UnixSocket.send("READY=1", to: proxy.path)
        await proxy.settled()
        try await kernel.wasAsked.value
        #expect(first.messages == [["STATUS=one"], ["STATUS=two"]])
        second.listen(to: proxy)
        #expect(try await second.messages(until: "READY=1") == [["READY=1"]])
        #expect(first.messages.count == 2)
        await proxy.settled()
    }

    @Test("a message that is too long for the manager, or empty, or garbage, is dropped, and the next one is heard")
    @LoopActor
    func hostile() async throws {
        let (proxy, manager) = (try proxy(), Manager())
        manager.listen(to: proxy)
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
        Manager().listen(to: proxy)
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
        manager.listen(to: proxy)
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

    @Test("a name that is too long for a socket's address is none for its folder")
    @LoopActor
    func longName() async throws {
        let name = String(repeating: "x", count: 200)
        let proxy = try NotifyProxy(in: folder.path, name: name) { _ in Self.inside }
        #expect(try Files.names(in: folder.path) == [name])
        #expect(try Files.names(in: folder[name]) == ["notify"])
        proxy.close()
        #expect(try Files.names(in: folder.path).isEmpty)
    }

    @Test("a folder that lets others in is closed to them; a link, a file, another user's is refused")
    @LoopActor
    func folders() throws {
        func mode(_ path: String) -> mode_t {
            var status = stat()
            #expect(lstat(path, &status) == 0)
            return status.st_mode & 0o7777
        }
        for name in ["run", "run/web", "elsewhere"] {
            try Files.makeFolder(folder[name])
            chmod(folder[name], 0o777)
        }
        _ = try proxy()
        #expect([mode(folder["run"]), mode(folder["run/web"])] == [0o700, 0o700])
        try Files.remove(folder["run/web/notify"])
        try Files.removeFolder(folder["run/web"])
        symlink(folder["elsewhere"], folder["run/web"])
        #expect(throws: FolderError.notFolder(folder["run/web"])) { try proxy() }
        try Files.remove(folder["run/web"])
        try Files.replace(folder["run/web"], with: "")
        #expect(throws: FolderError.notFolder(folder["run/web"])) { try proxy() }
        try Files.remove(folder["run/web"])
        try Files.makeFolder(folder["run/web"])
        #expect(try Files.names(in: folder["elsewhere"]).isEmpty)
        // Needs root: else all folders are ours.
        guard geteuid() == 0 else { return }
        chown(folder["run/web"], 65534, 65534)
        let error = #expect(throws: FolderError.foreign(folder["run/web"], user: 65534)) { try proxy() }
        #expect(error?.description == "folder \(folder["run/web"]) belongs to user 65534. Remove it")
    }
}
