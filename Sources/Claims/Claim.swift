// SPDX-License-Identifier: Apache-2.0

internal import Glibc
public import Linux

/// What a container is given beside its place.
///
/// The descriptors stay their owner's, and must stay open as long as the claim.
public struct Offer: Sendable, Equatable {
    /// One socket of the unit's (sd_listen_fds_with_names(3)).
    public struct Socket: Sendable, Equatable {
        public var name: String
        public var descriptor: Int32

        public init(name: String, descriptor: Int32) {
            self.name = name
            self.descriptor = descriptor
        }
    }

    /// What takes the place of Docker's own pipes.
    public struct Output: Sendable, Equatable {
        public var stdout: Int32
        public var stderr: Int32

        public init(stdout: Int32, stderr: Int32) {
            self.stdout = stdout
            self.stderr = stderr
        }
    }

    /// In the order in which the container gets them, from 3 on.
    public var sockets: [Socket] = []
    public var output: Output?

    public init(sockets: [Socket] = [], output: Output? = nil) {
        self.sockets = sockets
        self.output = output
    }
}

/// A supervisor's word that a container is its own: our runtime finds it, and makes the container in the cgroup of the
/// unit that the supervisor is in.
///
/// Made between create and start, and closed once the container is started. Nothing here waits.
public final class Claim {
    /// What has hung up, or was told all, is closed at once: there is seldom more than one.
    private var connections: [Int32: Connection] = [:]
    private let id: ContainerID
    private let address: Address
    private let offer: Offer
    private let listener: Descriptor
    private let epoll: Epoll
    /// Holds the socket's file; `nil` where it has none, or none any more.
    private var folder: SharedFolder?

    private final class SharedFolder {
        let folder: Folder
        init(_ folder: consuming Folder) { self.folder = folder }
    }

    private final class Connection {
        let descriptor: Descriptor
        init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
    }

    /// Claims a container; a claim that somebody left behind who is gone is replaced.
    ///
    /// - Parameter id: its full ID.
    public init(of id: String, at address: Address, offering offer: Offer = Offer()) throws(ClaimError) {
        guard let id = ContainerID(id) else { throw ClaimError("claim container \(id): not a full container ID") }
        self.id = id
        self.address = address
        self.offer = offer
        do {
            epoll = try Epoll()
            if case .folder(let path) = address { folder = try SharedFolder(.private(at: path, depth: 2)) }
            listener = try Self.listen(at: address, folder, id)
            try epoll.add(listener)
        } catch let error as SystemError where error.isAddressInUse {
            throw ClaimError("claim container \(id): another process has claimed it: \(error.subject)")
        } catch {
            throw ClaimError("claim container \(id): \(error)")
        }
    }

    deinit { close() }

    /// Readable whenever ``serve()`` has something to do.
    public var descriptor: Descriptor { _read { yield epoll.descriptor } }

    /// Answers whoever asks and may; others are hung up on.
    public func serve() {
        // An epoll that cannot be read has nothing to tell, and the runtime on the other side has a time limit.
        for number in (try? epoll.ready()) ?? [] {
            if number == listener.rawValue {
                accept()
            } else if let connection = connections[number], !answer(connection.descriptor) {
                connections[number] = nil
            }
        }
    }

    /// Gives the claim up.
    public func close() {
        try? folder?.folder.remove(id.text)  // Else it is one that nobody listens on, which the runtime removes.
        folder = nil
    }

    private static func listen(
        at address: Address, _ shared: SharedFolder?, _ id: ContainerID
    ) throws(SystemError) -> Descriptor {
        let socket = address.socket(of: id)
        guard let shared, case .path(let path) = socket else { return try .listening(at: socket) }
        do throws(SystemError) {
            _ = try Descriptor.connected(to: socket)
            throw SystemError(call: "bind", subject: path, code: EADDRINUSE)
        } catch  where error.isNobodyListening && !error.isNameTooLong {}
        // Of supervisors that were killed: a runtime that asks for their containers may never come.
        for name in try Files.names(in: shared.folder.place(of: "."))
        where UnixAddress.path(shared.folder.place(of: name)).isLeftBehind {
            try shared.folder.remove(name)
        }
        // A runtime must never find a socket that does not listen yet: it would take it for one that was left behind.
        let draft = ".\(getpid())"
        try shared.folder.remove(draft)
        let listener = try Descriptor.listening(at: .path(shared.folder.place(of: draft)))
        try Files.rename(shared.folder.place(of: draft), to: shared.folder.place(of: id.text))
        return listener
    }

    private func accept() {
        while let connection = try? listener.accept() {
            guard let peer = try? Peer(of: connection), address.isRuntime(peer), (try? epoll.add(connection)) != nil
            else {
                continue
            }
            connections[connection.rawValue] = Connection(connection)
        }
    }

    /// Whether there is more to come on this connection.
    private func answer(_ connection: borrowing Descriptor) -> Bool {
        let descriptors = (offer.output.map { [$0.stdout, $0.stderr] } ?? []) + offer.sockets.map(\.descriptor)
        guard let packet = try? connection.receivePacket(upTo: Question.longest),
            let question = Question(packet.bytes), question.container == id.text, question.first <= descriptors.count
        else { return false }
        let end = min(question.first + Packet.mostDescriptors, descriptors.count)
        let outputs = descriptors.count - offer.sockets.count
        let sockets = offer.sockets[max(0, question.first - outputs)..<max(0, end - outputs)]
        let reply = Reply(
            container: id.text, handsOutput: offer.output != nil, total: descriptors.count, names: sockets.map(\.name))
        return (try? connection.send(reply.packet, with: Array(descriptors[question.first..<end]))) != nil
    }
}
