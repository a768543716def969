// SPDX-License-Identifier: Apache-2.0

internal import Glibc
public import Linux

/// What a supervisor owns: a container of one Engine, by its ID or by its name.
public struct Subject: Sendable, Equatable {
    let container: String
    let engine: String

    /// - Parameters:
    ///   - container: Its full ID, or its name: then the name is owned before there is a container.
    ///   - engine: The path of the Engine's socket, without links: two Engines may know the same names.
    public init(container: String, engine: String) {
        self.container = container
        self.engine = engine
    }

    /// At most 57 bytes: a socket's whole path has 108 (unix(7)), and a name may have any length.
    var fileName: String {
        let safe = container.utf8.prefix(40).map { byte -> UInt8 in
            let isSafe =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || [UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-")].contains(byte)
            return isSafe ? byte : UInt8(ascii: "_")
        }
        let hash = fnv1a("\(engine)\0\(container)".utf8)
        return "\(String(hash, radix: 16))-\(String(decoding: safe, as: UTF8.self))"
    }
}

/// A supervisor's word that something is its own for as long as it lives.
///
/// It is a listening socket: connect(2) tells whether its process lives, and SO_PEERCRED which process that is. The kernel
/// closes it with the process, so a supervisor that was killed owns nothing any more.
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

    /// What comes of taking ownership.
    public enum Outcome {
        case taken(Ownership)
        /// Another process has it, and lives.
        case refused(by: Owner)
    }

    /// Takes ownership, unless another process that lives has it.
    ///
    /// Where the folder cannot be written (`ProtectSystem=strict`) the abstract name has to do.
    ///
    /// - Parameters:
    ///   - subject: What is to be owned.
    ///   - address: ``Address/ofOwner(runtimeDirectory:)``.
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
        // One process at a time looks, tidies up and listens.
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
            // A stranger has that name, or two start at the same moment. In the folder we are safe from both.
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

    /// Readable whenever ``serve()`` has something to do.
    public var descriptor: Descriptor { _read { yield epoll.descriptor } }

    /// Hangs up on all who have asked: that somebody listens was the answer.
    public func serve() {
        for listener in listeners {
            while (try? listener.socket.accept()) != nil {}
        }
    }

    /// Gives it up.
    public func close() {
        // A file that stays is a socket on which no process listens: it says nothing.
        for file in listeners.compactMap(\.file) { try? Files.remove(file) }
    }

    /// - Returns: `nil` for an abstract name, which the kernel gives to one process alone.
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

/// The living process that owns something.
public struct Owner: Sendable, Equatable {
    /// Its number; 0 where it is in a PID namespace that we do not see into.
    public let process: Int32

    /// Finds the living supervisor that has taken ownership; `nil` where there is none.
    ///
    /// At an abstract name, which any process in our network namespace may take, only a process counts that could be a
    /// supervisor: root's, our own user's or one in the group docker, and not in a container that we are not in.
    ///
    /// - Parameters:
    ///   - subject: What it may own.
    ///   - addresses: Where to look: ``Address/ofOwner(runtimeDirectory:)``, then ``Address/abstract``.
    /// - Throws: ``SystemError`` where an address could not be asked.
    public static func find(of subject: Subject, at addresses: [Address]) throws(SystemError) -> Owner? {
        for address in addresses {
            if let owner = try find(of: subject, at: address) { return owner }
        }
        return nil
    }

    private static func find(of subject: Subject, at address: Address) throws(SystemError) -> Owner? {
        while true {
            let connection: Descriptor
            do throws(SystemError) {
                connection = try .connected(to: address.socket(of: subject))
            } catch  where error.isNobodyListening || error.wouldBlock {
                // A full queue: supervisors serve theirs, so it is a stranger's.
                return nil
            }
            let peer = try Peer(of: connection)
            guard address.isSupervisor(peer) else { return nil }
            guard peer.isDying else { return Owner(process: peer.process) }
            // The signal witness shares the sockets of a supervisor that was killed, and ends a moment after it.
            guard try connection.waitUntilReadable(seconds: 5) else { return nil }
        }
    }
}
