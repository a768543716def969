// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc
public import Linux

/// Bytes that are attached to a process's cgroup: they outlive the process that wrote them, and go with the cgroup.
///
/// An extended attribute of the cgroup's folder, as systemd's own `trusted.delegate` is. Only root (CAP_SYS_ADMIN) reads
/// and writes the `trusted` ones (xattr(7)): no container can forge them.
public struct CgroupMark: Sendable {
    private let path: String
    private static let name = "trusted.systemd-docker.output"
    /// The longest that is read.
    private static let longest = 8192

    /// Finds a process's cgroup in the tree in which systemd tracks services.
    ///
    /// - Parameter process: The process.
    /// - Throws: ``CgroupError/gone(process:)`` where it has none that can be seen from here.
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

    /// Replaces the mark: a process that is killed meanwhile leaves the former one or the new one.
    ///
    /// - Parameter bytes: The mark, at most 8 KiB.
    /// - Throws: EPERM without CAP_SYS_ADMIN, ENOENT where the cgroup is gone.
    public func write(_ bytes: [UInt8]) throws(SystemError) {
        try system("setxattr", on: path) { setxattr(path, Self.name, bytes, bytes.count, 0) }
    }

    /// Reads the mark.
    ///
    /// - Returns: Its bytes; empty where there is none.
    /// - Throws: ENOENT where the cgroup is gone.
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
