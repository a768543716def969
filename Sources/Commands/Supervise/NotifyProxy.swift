// SPDX-License-Identifier: Apache-2.0

internal import Cgroups
internal import Glibc
internal import Linux
internal import Systemd

/// The socket through which a container's own sd_notify(3) messages reach the service manager.
///
/// The manager takes messages from the unit's main process alone (`NotifyAccess=main`), and that is us. So the container
/// gets a socket of ours, and what it may say is passed on.
@LoopActor
final class NotifyProxy {
    /// Where the socket stands in the container.
    nonisolated static let pathInContainer = "/run/systemd-docker/notify"
    /// What a service may say of itself; MAINPID=, FDSTORE= and NOTIFYACCESS= would give the unit out of our hands.
    private nonisolated static let passed = [
        "READY", "RELOADING", "MONOTONIC_USEC", "STOPPING", "STATUS", "ERRNO", "WATCHDOG", "EXTEND_TIMEOUT_USEC",
    ]
    /// The longest message that the manager itself reads (NOTIFY_BUFFER_MAX of systemd).
    private static let longestMessage = 4096
    /// How many messages are kept until it is known what becomes of them; more wait in the kernel.
    private static let mostMessages = 100

    /// Who hears of the messages.
    private struct Listener {
        /// Whether only the container can reach the socket; asked where the kernel has not told enough of a sender.
        let isAlone: () async -> Bool
        let pass: (_ fields: [String]) -> Void
        let complain: (_ of: String) -> Void
    }

    /// A message, and what the kernel told of its sender when it came.
    private struct Message {
        let bytes: [UInt8]
        let isTruncated: Bool
        let sender: Whereabouts
    }

    /// The socket's path on the host.
    var path: String { "\(folder.path)/notify" }
    /// Whoever mounts one of these can reach the socket.
    var paths: [String] { [path, folder.path, parent.path] }
    private let name: String
    private let parent: Folder
    private let folder: Folder
    private let socket: Descriptor
    private var source: EventSource?
    private let locate: (borrowing Sender) -> Whereabouts
    private var groups = ContainerGroups()
    private var listener: Listener?
    private var messages: [Message] = []
    /// How many of them the listener still hears of; `nil` for all, and for those to come.
    private var left: Int?
    private var isAsking = false
    /// The last answer to whether only the container can reach the socket, and how many messages had come before that was
    /// asked: of those that come later it says nothing.
    private var answer: (isAlone: Bool, count: Int) = (false, 0)
    private var decided: [Waiter<Void>] = []
    /// What was complained of: once each, and no more than a few, whatever a container thinks up.
    private var complaints: Set<String> = []
    private static let mostComplaints = 16

    /// Makes the socket.
    ///
    /// - Parameters:
    ///   - path: The folder that holds a folder for each container. It is made if it is not there.
    ///   - name: The container's.
    ///   - locate: Asks the kernel about a sender.
    /// - Throws: ``FolderError`` where others than we may enter the folders, ``SystemError`` for the socket.
    init(
        in path: String, name: String, locate: @escaping (borrowing Sender) -> Whereabouts = { Whereabouts(of: $0) }
    ) throws {
        self.name = name
        self.locate = locate
        parent = try Folder.private(at: path)
        folder = try parent.privateFolder(name)
        // A run that was killed may have left it; or Docker has made a folder of it, for a container that was started
        // by hand after the last run.
        try folder.remove("notify")
        socket = try .datagramSocket(at: folder.place(of: "notify"), mode: 0o666)
        try socket.passSender()
        source = try EventLoop.shared.watch(socket, for: .readable) { [weak self] _ in self?.receive() }
    }

    /// Learns that the container is in a cgroup, or was until now.
    func add(_ group: ContainerGroup) { groups.add(group) }

    /// Passes messages on, from senders that are in the container: those that have come so far, and those to come.
    ///
    /// - Parameters:
    ///   - isAlone: Whether only the container can reach the socket.
    ///   - pass: Hears of each message, with what may be passed on of it.
    ///   - complain: Hears once of each kind of message that is not passed on.
    func listen(
        isAlone: @escaping () async -> Bool, pass: @escaping (_ fields: [String]) -> Void,
        complain: @escaping (_ of: String) -> Void
    ) {
        listener = Listener(isAlone: isAlone, pass: pass, complain: complain)
        left = nil
        decide()
    }

    /// Takes up what has come by now, and keeps all that comes later for the next listener: the container's process has
    /// ended.
    func hold() {
        receive()
        left = messages.count
        decide()
    }

    /// Waits until the listener has heard of all messages that it is to hear of.
    func settled() async {
        guard left ?? messages.count > 0 else { return }
        let waiter = Waiter<Void>()
        decided.append(waiter)
        try? await waiter.value
    }

    /// Removes the socket.
    func close() {
        source = nil
        listener = nil
        // Both are gone with the next boot at the latest: they stand in /run.
        try? folder.remove("notify")
        try? parent.remove(name)
    }

    /// Takes up what has come.
    private func receive() {
        while messages.count < Self.mostMessages, let datagram = try? socket.receive(upTo: Self.longestMessage) {
            messages.append(
                Message(bytes: datagram.bytes, isTruncated: datagram.isTruncated, sender: locate(datagram.sender)))
        }
        // A sender that never ends waits in the kernel's queue then.
        if messages.count == Self.mostMessages { try? source?.watch(for: []) }
        decide()
    }

    /// Decides on one message after the other: the order in which they came matters.
    private func decide() {
        while !isAsking, let listener, left != 0, let message = messages.first {
            guard let isInside = groups.contain(message.sender) ?? (answer.count > 0 ? answer.isAlone : nil) else {
                ask(listener)
                break
            }
            finish(message, isInside: isInside, listener)
        }
        guard left ?? messages.count == 0 else { return }
        for waiter in decided { waiter.resume(.success(())) }
        decided = []
    }

    /// Asks at once, before a container that shares the socket has time to be removed.
    private func ask(_ listener: Listener) {
        isAsking = true
        let count = messages.count
        EventLoop.shared.task { [weak self] in
            let isAlone = await listener.isAlone()
            self?.isAsking = false
            self?.answer = (isAlone, count)
            self?.decide()
        }
    }

    private func finish(_ message: Message, isInside: Bool, _ listener: Listener) {
        if messages.count == Self.mostMessages { try? source?.watch(for: .readable) }
        messages.removeFirst()
        answer.count = max(0, answer.count - 1)
        if let left { self.left = left - 1 }
        func note(_ complaint: String) {
            guard complaints.count < Self.mostComplaints, complaints.insert(complaint).inserted else { return }
            listener.complain(complaint)
        }
        guard isInside else { return note("a message of a process that is not in the container") }
        guard !message.isTruncated else { return note("a message of more than \(Self.longestMessage) bytes") }
        let (passed, dropped) = Self.read(message.bytes)
        for name in dropped { note("\(name)=") }
        if !passed.isEmpty { listener.pass(passed) }
    }

    /// The fields of a message that a container may send to the manager, and the names of those that it may not.
    ///
    /// Read as the manager reads them: byte by byte, for \r\n is a single Character and hides the next field; both end
    /// a line; a zero byte spoils the message, but for one at its end.
    nonisolated static func read(_ message: [UInt8]) -> (passed: [String], dropped: [String]) {
        let text = message.last == 0 ? message.dropLast() : message[...]
        var (passed, dropped): ([String], [String]) = ([], [])
        guard !text.contains(0) else { return (passed, dropped) }
        for line in text.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
            guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = line[..<equals]
            if Self.passed.contains(where: { $0.utf8.elementsEqual(name) }) {
                if let field = String(validating: line, as: UTF8.self) { passed.append(field) }
            } else if !"BARRIER".utf8.elementsEqual(name) {
                dropped.append(String(decoding: name.prefix(40), as: UTF8.self))
            }
        }
        return (passed, dropped)
    }
}
