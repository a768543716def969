// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Linux

/// Whether the process at the other end is who it must be.
///
/// A folder lets only its owner in. An abstract address can be taken, and connected to, by any process in our network
/// namespace; and so by any container with `--network host`, whose root has our root's number and may join any group. So
/// there a process must also be outside of all containers, or in the same one as we are.
extension Address {
    /// Whether a supervisor may give its sockets to this process.
    ///
    /// - Parameter peer: The process that asks.
    /// - Returns: `false` for another user's process and, at an abstract address, for one in another container.
    func isRuntime(_ peer: borrowing Peer) -> Bool {
        (peer.user == 0 || peer.user == geteuid()) && (self != .abstract || peer.isInSameContainer)
    }

    /// Whether a runtime may believe this process.
    ///
    /// All others are ignored, so that they cannot keep containers from starting. A user who can write to Docker's socket
    /// has root's power anyway.
    ///
    /// - Parameters:
    ///   - peer: The process that listens.
    ///   - dockerSocket: The socket of root's daemon.
    /// - Returns: `false` for a process that could not be a supervisor.
    func isSupervisor(_ peer: borrowing Peer, dockerSocket: String = "/run/docker.sock") -> Bool {
        if isRuntime(peer) { return true }
        guard self == .abstract, let group = Self.writers(of: dockerSocket) else { return false }
        return peer.isMember(of: group) && peer.isInSameContainer
    }

    /// The group that may write to root's socket; `nil` where no group may.
    private static func writers(of socket: String) -> UInt32? {
        var status = stat()
        // In a user namespace root's socket shows as owned by the overflow user, and its group as the overflow group.
        guard stat(socket, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK, status.st_uid == 0,
            status.st_mode & S_IWGRP != 0
        else { return nil }
        return status.st_gid
    }
}

extension Peer {
    /// Whether it is in no container, or in the same one as we are.
    fileprivate var isInSameContainer: Bool {
        guard let status = try? Files.text("/proc/\(process)/status"),
            let cgroups = try? Files.text("/proc/\(process)/cgroup"), let own = try? Files.text("/proc/self/cgroup"),
            !hasEnded
        else { return false }
        return Self.isInOurNamespace(status) && Self.containers(in: cgroups) == Self.containers(in: own)
    }

    /// Whether a /proc/PID/status lists one number only: a process of an inner PID namespace has one for each namespace.
    static func isInOurNamespace(_ status: String) -> Bool {
        let line = status.split(separator: "\n").first { $0.hasPrefix("NSpid:") }
        return line.map { $0.split(whereSeparator: \.isWhitespace).count == 2 } ?? false
    }

    /// The components of a /proc/PID/cgroup's paths that container engines, and we, name after a container.
    ///
    /// `container` is what our releases before 0.2 called the cgroup of each container.
    static func containers(in cgroups: String) -> Set<Substring> {
        Set(cgroups.split(whereSeparator: { $0 == "/" || $0 == "\n" }).filter { $0 == "container" || hasID($0) })
    }

    private static func hasID(_ component: Substring) -> Bool {
        var digits = 0
        for byte in component.utf8 {
            digits = ContainerID.isDigit(byte) ? digits + 1 : 0
            if digits == 64 { return true }
        }
        return false
    }
}
