// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

extension Descriptor {
    /// A non-blocking socket of packets (SOCK_SEQPACKET) that listens.
    ///
    /// - Parameter address: Where.
    /// - Returns: The socket.
    /// - Throws: EADDRINUSE where the address is taken.
    public static func listening(at address: UnixAddress) throws(SystemError) -> Descriptor {
        let socket = try packetSocket(on: address)
        try socket.bind(to: address)
        try system("listen", on: address.description) { listen(socket.rawValue, SOMAXCONN) }
        return socket
    }

    /// A non-blocking connection to a socket of packets.
    ///
    /// - Parameter address: Where it listens.
    /// - Returns: The connection.
    /// - Throws: EAGAIN where its queue is full; see also ``SystemError/isNotListening``.
    public static func connected(to address: UnixAddress) throws(SystemError) -> Descriptor {
        let socket = try packetSocket(on: address)
        try socket.connect(to: address)
        return socket
    }

    /// Accepts the next connection of a listening socket.
    ///
    /// - Returns: The connection, non-blocking.
    /// - Throws: EAGAIN where none has come.
    public func accept() throws(SystemError) -> Descriptor {
        Descriptor(owning: try system("accept4", on: "descriptor \(rawValue)") { CLinux_accept(rawValue) })
    }

    /// Waits until there is something to read, or the other end is closed (poll(2)).
    ///
    /// - Parameter timeout: How long.
    /// - Returns: Whether that was so in time.
    /// - Throws: What poll(2) answers.
    public func waitUntilReadable(within timeout: Duration) throws(SystemError) -> Bool {
        var ready = pollfd(fd: rawValue, events: Int16(POLLIN), revents: 0)
        let milliseconds = Int32(clamping: timeout.microseconds / 1000)
        return try system("poll", on: "descriptor \(rawValue)") { poll(&ready, 1, milliseconds) } == 1
    }

    private static func packetSocket(on address: UnixAddress) throws(SystemError) -> Descriptor {
        let type = Int32(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        return Descriptor(owning: try system("socket", on: address.description) { socket(AF_UNIX, type, 0) })
    }

    /// Sends a packet without waiting.
    ///
    /// - Parameters:
    ///   - bytes: Its bytes.
    ///   - descriptors: The other end gets duplicates of these, at most ``Packet/mostDescriptors``.
    /// - Throws: EAGAIN where the other end does not read.
    public func send(_ bytes: [UInt8], with descriptors: [Int32] = []) throws(SystemError) {
        try system("sendmsg", on: "descriptor \(rawValue)") {
            CLinux_send_descriptors(rawValue, bytes, bytes.count, descriptors, descriptors.count)
        }
    }

    /// Reads one packet without waiting.
    ///
    /// - Parameter count: The most bytes that are read; the rest of a longer packet is lost.
    /// - Returns: The packet.
    /// - Throws: EAGAIN where none has come.
    public func receivePacket(upTo count: Int) throws(SystemError) -> Packet {
        var buffer = [UInt8](repeating: 0, count: count)
        var descriptors = [Int32](repeating: -1, count: Packet.mostDescriptors)
        var received = 0
        var isTruncated: Int32 = 0
        let length = try system("recvmsg", on: "descriptor \(rawValue)") {
            CLinux_receive_descriptors(rawValue, &buffer, count, &descriptors, &received, &isTruncated)
        }
        return Packet(
            bytes: Array(buffer.prefix(length)), isTruncated: isTruncated != 0,
            owning: Array(descriptors.prefix(received)))
    }
}
