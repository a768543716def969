// SPDX-License-Identifier: Apache-2.0

internal import Linux

/// How cgroups are mounted on this host (systemd's CGROUP_DELEGATION, "Three Different Tree Setups").
public enum Hierarchy: Sendable, Equatable {
    /// One version 2 tree for everything.
    case unified
    /// Controllers in version 1 trees, processes in `name=systemd` and in a version 2 tree of few or no controllers.
    case hybrid
    /// Version 1 trees only.
    case legacy

    /// Finds out from what is mounted, not from /proc/PID/cgroup, which names trees that may not be mounted here.
    ///
    /// - Parameter root: Where cgroups are mounted.
    /// - Returns: The setup.
    /// - Throws: ``CgroupError/notMounted(root:)``.
    public static func detect(root: String = "/sys/fs/cgroup") throws(CgroupError) -> Hierarchy {
        // Only a cgroup folder has this file, and it is in every one of them (cgroups(7)).
        func isCgroup(_ path: String) -> Bool { Files.exists("\(path)/cgroup.procs") }
        if isCgroup(root) { return .unified }
        if isCgroup("\(root)/unified") { return .hybrid }
        if isCgroup("\(root)/systemd") { return .legacy }
        let names = (try? Files.names(in: root)) ?? []  // A root that does not exist has no cgroup either.
        if names.contains(where: { isCgroup("\(root)/\($0)") }) { return .legacy }
        throw .notMounted(root: root)
    }
}
