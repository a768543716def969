// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// Where a unix(7) socket of packets (SOCK_SEQPACKET) is found.
public enum SocketAddress: Sendable, Equatable, CustomStringConvertible {
    /// In the file system; who may connect is decided by the folders around it.
    case path(String)
    /// In the network namespace's list of abstract names, which anybody may take.
    case abstract(String)

    /// As ss(8) writes it.
    public var description: String {
        switch self {
        case .path(let path): path
        case .abstract(let name): "@\(name)"
        }
    }

    /// Whether the file of a socket is all that is left of it.
    ///
    /// A socket of another type asks, so that one which listens does not notice (unix(7), EPROTOTYPE).
    public var isLeftBehind: Bool {
        guard
            let probe = try? system(
                "socket", on: description,
                {
                    socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
                })
        else { return false }
        let descriptor = Descriptor(owning: probe)
        do throws(SystemError) {
            try withPointer { pointer, length throws(SystemError) in
                try system("connect", on: description) { connect(descriptor.rawValue, pointer, length) }
            }
            return false
        } catch {
            return error.isLeftBehind
        }
    }

    func withPointer(
        _ body: (UnsafePointer<sockaddr>, socklen_t) throws(SystemError) -> Void
    ) throws(SystemError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // An abstract name starts with a zero byte, and ends where the address ends: it has no zero at its end.
        let bytes: [UInt8] =
            switch self {
            case .path(let path): Array(path.utf8) + [0]
            case .abstract(let name): [0] + Array(name.utf8)
            }
        guard bytes.count <= MemoryLayout.size(ofValue: address.sun_path) else {
            throw SystemError(call: "socket", subject: description, code: ENAMETOOLONG)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        try withUnsafePointer(to: address) { pointer throws(SystemError) in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer throws(SystemError) in
                try body(pointer, length)
            }
        }
    }
}

extension Descriptor {
    /// A socket of packets that others may connect to; nothing on it ever waits.
    ///
    /// - Throws: EADDRINUSE where the address is taken.
    public static func listening(at address: SocketAddress) throws(SystemError) -> Descriptor {
        let socket = try packetSocket(on: address)
        try address.withPointer { pointer, length throws(SystemError) in
            try system("bind", on: address.description) { bind(socket.rawValue, pointer, length) }
        }
        try system("listen", on: address.description) { listen(socket.rawValue, SOMAXCONN) }
        return socket
    }

    /// A connection on which nothing ever waits.
    ///
    /// - Throws: EAGAIN where too many wait to be accepted, and see ``SystemError/isNobodyListening``.
    public static func connected(to address: SocketAddress) throws(SystemError) -> Descriptor {
        let socket = try packetSocket(on: address)
        try address.withPointer { pointer, length throws(SystemError) in
            try system("connect", on: address.description) { connect(socket.rawValue, pointer, length) }
        }
        return socket
    }

    /// The next connection of a listening socket, on which nothing ever waits.
    ///
    /// - Throws: EAGAIN where there is none.
    public func accept() throws(SystemError) -> Descriptor {
        Descriptor(owning: try system("accept4", on: "descriptor \(rawValue)") { CLinux_accept(rawValue) })
    }

    /// Waits until there is something to read, or its end; `false` when `seconds` are over (poll(2)).
    public func waitUntilReadable(seconds: Int32) throws(SystemError) -> Bool {
        var ready = pollfd(fd: rawValue, events: Int16(POLLIN), revents: 0)
        return try system("poll", on: "descriptor \(rawValue)") { poll(&ready, 1, seconds * 1000) } == 1
    }

    private static func packetSocket(on address: SocketAddress) throws(SystemError) -> Descriptor {
        let type = Int32(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        return Descriptor(owning: try system("socket", on: address.description) { socket(AF_UNIX, type, 0) })
    }
}

extension SystemError {
    /// There is no socket of packets, none that could be, none that listens, or none that lets us in.
    public var isNobodyListening: Bool {
        [ENOENT, ENOTDIR, ENAMETOOLONG, ECONNREFUSED, EPROTOTYPE, EACCES].contains(code)
    }
    /// No socket can have this address (ENAMETOOLONG).
    public var isNameTooLong: Bool { code == ENAMETOOLONG }
    /// Somebody did listen there (ECONNREFUSED).
    public var isLeftBehind: Bool { code == ECONNREFUSED }
    /// The other end of the connection is gone (EPIPE, ECONNRESET).
    public var isHungUp: Bool { code == EPIPE || code == ECONNRESET }
    /// Somebody has it already (EADDRINUSE).
    public var isAddressInUse: Bool { code == EADDRINUSE }
}
