// SPDX-License-Identifier: Apache-2.0

internal import Glibc
public import Linux

/// Servers' ends of unix(7) sockets.
public enum UnixSocket {
    /// A stream socket in the file system; one that does not listen refuses connections (ECONNREFUSED).
    public static func stream(at path: String, listens: Bool = true) throws(SystemError) -> Descriptor {
        let socket = try bound(to: path, SOCK_STREAM)
        if listens { try system("listen", on: path) { listen(socket.rawValue, SOMAXCONN) } }
        return socket
    }

    /// A datagram socket in the file system, whose datagrams come with their sender (``Linux/Datagram``).
    public static func datagram(at path: String) throws(SystemError) -> Descriptor {
        let socket = try bound(to: path, SOCK_DGRAM)
        try socket.passSender()
        return socket
    }

    /// The next connection, which does not block; the caller knows that there is one.
    static func accept(from listener: Int32) throws(SystemError) -> Descriptor {
        let connection = Descriptor(owning: try system("accept", on: "listener") { Glibc.accept(listener, nil, nil) })
        try system("fcntl", on: "connection") { fcntl(connection.rawValue, F_SETFD, FD_CLOEXEC) }
        try connection.setNonBlocking()
        return connection
    }

    /// Sends one datagram to a socket in the file system.
    public static func send(_ text: String, to path: String) throws(SystemError) {
        let socket = try new(SOCK_DGRAM, on: path)
        let bytes = Array(text.utf8)
        try socket.connect(to: UnixAddress.path(path))
        try system("send", on: path) { Glibc.send(socket.rawValue, bytes, bytes.count, 0) }
    }

    private static func bound(to path: String, _ type: __socket_type) throws(SystemError) -> Descriptor {
        let socket = try new(type, on: path)
        try socket.bind(to: UnixAddress.path(path))
        return socket
    }

    private static func new(_ type: __socket_type, on path: String) throws(SystemError) -> Descriptor {
        Descriptor(
            owning: try system("socket", on: path) { socket(AF_UNIX, Int32(type.rawValue | SOCK_CLOEXEC.rawValue), 0) })
    }
}
