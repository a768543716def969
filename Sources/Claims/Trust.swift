// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Linux

/// Whether the process at the other end is who it must be.
///
/// A folder lets nobody in but its owner. An abstract name may be taken, and connected to, by anybody in our network
/// namespace, and that is also each container with `--network host`: its root has our root's number, and may take any
/// group. So there a process must also be outside of all containers, or in the same one as we are.
extension Address {
    /// Whether a supervisor may give its sockets to this process.
    func isRuntime(_ peer: borrowing Peer) -> Bool {
        (peer.user == 0 || peer.user == geteuid()) && (self != .abstract || peer.isBesideUs)
    }

    /// Whether a runtime may believe this process.
    ///
    /// Anybody else there is passed over, as if nobody were there: so nobody keeps other people's containers from
    /// starting. Who may write to Docker's socket is as good as root.
    func isSupervisor(_ peer: borrowing Peer, dockerSocket: String = "/run/docker.sock") -> Bool {
        if isRuntime(peer) { return true }
        guard self == .abstract, let group = Self.writers(of: dockerSocket) else { return false }
        return peer.isMember(of: group) && peer.isBesideUs
    }

    /// The group that may write to root's socket.
    private static func writers(of socket: String) -> UInt32? {
        var status = stat()
        // In a user namespace root's socket belongs to nobody, and so do all groups that are not ours.
        guard stat(socket, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK, status.st_uid == 0,
            status.st_mode & S_IWGRP != 0
        else { return nil }
        return status.st_gid
    }
}

extension Peer {
    /// It is in no container that we are not in.
    fileprivate var isBesideUs: Bool {
        guard let status = try? Files.text("/proc/\(process)/status"),
            let cgroups = try? Files.text("/proc/\(process)/cgroup"), let own = try? Files.text("/proc/self/cgroup"),
            !hasEnded
        else { return false }
        return Self.isInOurNamespace(status) && Self.containers(in: cgroups) == Self.containers(in: own)
    }
}

extension Peer {
    /// Whether a /proc/PID/status shows one number, ours: a process of an inner PID namespace has one more for each.
    static func isInOurNamespace(_ status: String) -> Bool {
        let line = status.split(separator: "\n").first { $0.hasPrefix("NSpid:") }
        return line.map { $0.split(whereSeparator: \.isWhitespace).count == 2 } ?? false
    }

    /// The parts of a /proc/PID/cgroup's paths that container engines, and we, name their containers by.
    ///
    /// `container` is what releases before 0.2 called the cgroup of each of theirs.
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
