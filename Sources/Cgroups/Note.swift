// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc
public import Linux

/// A note on a process's cgroup: it outlives whoever has written it, and is gone with the cgroup.
///
/// An extended attribute of the cgroup's folder, as systemd's own `trusted.delegate` is. Of that kind they are root's
/// (CAP_SYS_ADMIN, xattr(7)): no container can read or forge them.
public struct Note: Sendable {
    private let path: String
    private static let name = "trusted.systemd-docker.output"
    /// The longest that is read.
    private static let longest = 8192

    /// Finds the cgroup by a process in it, in the tree that systemd tells services apart by.
    public init(on process: Int32) throws(CgroupError) {
        try self.init(on: process, proc: "/proc", root: "/sys/fs/cgroup")
    }

    init(on process: Int32, proc: String, root: String) throws(CgroupError) {
        let mounts = try Mounts(root: root)
        let entries = try Membership(of: String(process), proc: proc).entries
        // A path that begins with /.. is outside our cgroup namespace (cgroup_namespaces(7)).
        guard let entry = entries.first(where: mounts.isTracking), !entry.path.hasPrefix("/.."),
            let folder = mounts.folder(of: entry)
        else { throw .gone(process: String(process)) }
        path = folder + entry.path
    }

    /// Writes it, in place of what was there: whoever is killed leaves the old one or the new one.
    public func write(_ bytes: [UInt8]) throws(SystemError) {
        try system("setxattr", on: path) { setxattr(path, Self.name, bytes, bytes.count, 0) }
    }

    /// Reads it; empty where nobody has written one.
    public func read() throws(SystemError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.longest)
        do throws(SystemError) {
            let count = try system("getxattr", on: path) { getxattr(path, Self.name, &bytes, bytes.count) }
            return Array(bytes[..<count])
        } catch  where error.code == ENODATA {
            return []
        }
    }
}
