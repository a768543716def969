// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// The process at the other end of a unix(7) connection: the one that called connect(2), or listen(2).
public struct Peer: ~Copyable, Sendable {
    /// Its number; 0 where it is in a PID namespace that cannot be seen from here.
    public let process: Int32
    /// Its effective user at that time.
    public let user: UInt32
    private let group: UInt32
    private let connection: Int32
    private let handle: Int32

    /// Asks the kernel, which has recorded it at that time (SO_PEERCRED, and SO_PEERPIDFD of Linux 6.5).
    ///
    /// - Parameter connection: The connection, which must stay open as long as this value is used.
    /// - Throws: ENOTCONN where it is not connected.
    public init(of connection: borrowing Descriptor) throws(SystemError) {
        let socket = connection.rawValue
        var credentials = CLinux_credentials()
        try system("getsockopt", on: "descriptor \(socket)") { CLinux_peer(socket, &credentials) }
        (process, user, group) = (credentials.pid, credentials.uid, credentials.gid)
        self.connection = socket
        handle = CLinux_peer_pidfd(socket)
    }

    deinit { if handle >= 0 { close(handle) } }

    /// Whether it was in a group at that time, supplementary groups included (SO_PEERGROUPS).
    public func isMember(of other: UInt32) -> Bool {
        if group == other { return true }
        var groups: [gid_t] = []
        var count = 0
        // Where there is too little room the kernel reports how much it needs.
        while CLinux_peer_groups(connection, &groups, &count) == -1 {
            guard count > groups.count else { return false }
            groups = [gid_t](repeating: 0, count: count)
        }
        return groups.prefix(count).contains(other)
    }

    /// Whether it has ended, so that its number may be in use again; always `false` before Linux 6.5.
    public var hasEnded: Bool {
        // A negative number is ignored (poll(2)).
        var ready = pollfd(fd: handle, events: Int16(POLLIN), revents: 0)
        return poll(&ready, 1, 0) == 1
    }

    /// Whether its main thread has ended, reaped or not: its files may still be open in a process that shares them.
    public var isDying: Bool {
        if handle >= 0 { return hasEnded }
        guard process > 0 else { return false }
        // Before Linux 6.5 there is only its number.
        guard let found = try? Process(process) else { return true }
        var ready = pollfd(fd: found.descriptor.rawValue, events: Int16(POLLIN), revents: 0)
        return poll(&ready, 1, 0) == 1
    }
}
