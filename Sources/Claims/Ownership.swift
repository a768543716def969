// SPDX-License-Identifier: Apache-2.0

internal import Glibc
public import Linux

/// Says that a container is this supervisor's as long as the supervisor is alive.
///
/// It is a listening socket: connect(2) tells whether its process is alive, and SO_PEERCRED which process it is. The
/// kernel closes it with the process, so a supervisor that was killed owns nothing.
public final class Ownership {
    private let listeners: [Listener]
    private let epoll: Epoll

    private final class Listener {
        let socket: Descriptor
        let file: String?

        init(_ socket: consuming Descriptor, file: String?) {
            self.socket = socket
            self.file = file
        }
    }

    /// The result of ``take(of:at:)``.
    public enum Outcome {
        case taken(Ownership)
        /// Another process has it, and is alive.
        case refused(by: Owner)
    }

    /// Takes ownership, unless another process has it and is alive.
    ///
    /// Where the folder cannot be written (`ProtectSystem=strict`) only the abstract address is used.
    ///
    /// - Parameters:
    ///   - subject: What is to be owned.
    ///   - address: ``Address/ofOwner(runtimeDirectory:)``.
    /// - Returns: The ownership, or who has it.
    /// - Throws: ``SystemError`` where the socket could not be made.
    public static func take(of subject: Subject, at address: Address) throws(SystemError) -> Outcome {
        do throws(SystemError) {
            return try takeLocked(subject, at: address)
        } catch {
            guard error.isReadOnly || error.isPermissionDenied, address != .abstract else { throw error }
            return try takeLocked(subject, at: .abstract)
        }
    }

    private static func takeLocked(_ subject: Subject, at address: Address) throws(SystemError) -> Outcome {
        // One process at a time looks, removes what was left, and listens.
        let lock = try lock(address)
        defer { withExtendedLifetime(lock) {} }
        if let owner = try Owner.find(of: subject, at: address == .abstract ? [.abstract] : [address, .abstract]) {
            return .refused(by: owner)
        }
        var listeners: [Listener] = []
        if case .folder(let folder) = address {
            for name in try Files.names(in: folder) where UnixAddress.path("\(folder)/\(name)").isLeftBehind {
                try Files.remove("\(folder)/\(name)")
            }
            let path = "\(folder)/\(subject.fileName)"
            listeners.append(Listener(try .listening(at: .path(path)), file: path))
        }
        do throws(SystemError) {
            listeners.append(Listener(try .listening(at: Address.abstract.socket(of: subject)), file: nil))
        } catch  where error.isAddressInUse {
            // Another program has that name, or two supervisors start at once. The lock keeps both out of the folder.
            if listeners.isEmpty, let owner = try Owner.find(of: subject, at: [.abstract]) {
                return .refused(by: owner)
            }
        }
        return .taken(try Ownership(listeners))
    }

    private init(_ listeners: [Listener]) throws(SystemError) {
        self.listeners = listeners
        epoll = try Epoll()
        for listener in listeners { try epoll.add(listener.socket) }
    }

    deinit { close() }

    /// Readable when ``serve()`` has something to do.
    public var descriptor: Descriptor { _read { yield epoll.descriptor } }

    /// Closes all connections: that they were accepted is the answer.
    public func serve() {
        for listener in listeners {
            while (try? listener.socket.accept()) != nil {}
        }
    }

    /// Gives the ownership up.
    public func close() {
        // A file that stays is a socket on which no process listens: it means nothing.
        for file in listeners.compactMap(\.file) { try? Files.remove(file) }
    }

    /// - Returns: `nil` for an abstract address, which the kernel gives to one process only.
    private static func lock(_ address: Address) throws(SystemError) -> Descriptor? {
        guard case .folder(let folder) = address else { return nil }
        try Address.makeFolder(folder)
        let lock = Descriptor(
            owning: try system("open", on: folder) {
                open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            })
        try system("flock", on: folder) { flock(lock.rawValue, LOCK_EX) }
        return lock
    }
}
