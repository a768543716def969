// SPDX-License-Identifier: Apache-2.0

internal import Glibc
public import Linux

/// Says that a container is this supervisor's: our runtime finds the claim, and creates the container in the cgroup of
/// the supervisor's unit.
///
/// It is a listening socket, made before the container is started and closed after that. Nothing here blocks.
public final class Claim {
    /// By descriptor; rarely more than one.
    private var connections: [Int32: Connection] = [:]
    private let id: ContainerID
    private let address: Address
    private let offer: Offer
    private let listener: Descriptor
    private let epoll: Epoll
    /// The folder of the socket's file; `nil` for an abstract address, and after ``close()``.
    private var folder: SharedFolder?

    private final class SharedFolder {
        let folder: Folder
        init(_ folder: consuming Folder) { self.folder = folder }
    }

    private final class Connection {
        let descriptor: Descriptor
        init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
    }

    /// Claims a container, in place of a claim that a supervisor which was killed has left.
    ///
    /// - Parameters:
    ///   - id: Its full ID.
    ///   - address: ``Address/ofSupervisor(daemonIsRootless:runtimeDirectory:)``.
    ///   - offer: What the runtime is given for the container.
    /// - Throws: ``ClaimError`` where another process has claimed it, or the socket cannot be made.
    public init(of id: String, at address: Address, offering offer: Offer = Offer()) throws(ClaimError) {
        guard let id = ContainerID(id) else { throw ClaimError("\"\(id)\" is not a full container ID") }
        self.id = id
        self.address = address
        self.offer = offer
        do {
            epoll = try Epoll()
            if case .folder(let path) = address { folder = try SharedFolder(.private(at: path, depth: 2)) }
            listener = try Self.listen(at: address, folder, id)
            try epoll.add(listener)
        } catch let error as SystemError where error.isAddressInUse {
            throw ClaimError("another process has claimed it: it listens on \(error.subject)")
        } catch {
            throw ClaimError("\(error)")
        }
    }

    deinit { close() }

    /// Readable when ``serve()`` has something to do.
    public var descriptor: Descriptor { _read { yield epoll.descriptor } }

    /// Answers runtimes; closes all other connections.
    public func serve() {
        // Without a list of them nothing can be answered, and the runtime on the other side has a time limit.
        for number in (try? epoll.ready()) ?? [] {
            if number == listener.rawValue {
                accept()
            } else if let connection = connections[number], !answer(connection.descriptor) {
                connections[number] = nil
            }
        }
    }

    /// Withdraws the claim.
    public func close() {
        try? folder?.folder.remove(id.text)  // What stays is a socket that does not listen: the runtime removes it.
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
        } catch  where error.isNotListening && !error.isNameTooLong {}
        // Sockets of supervisors that were killed: no runtime may ever ask for their containers and remove them.
        for name in try Files.names(in: shared.folder.place(of: "."))
        where UnixAddress.path(shared.folder.place(of: name)).isLeftBehind {
            try shared.folder.remove(name)
        }
        // Under another name until it listens: a runtime would take it for one that was left, and remove it.
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

    /// Answers one question; `false` where the connection is to be closed.
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
