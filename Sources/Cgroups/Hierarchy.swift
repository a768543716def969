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

    /// Tells by what is mounted, not by /proc/PID/cgroup: that file names trees of which this place may see nothing.
    ///
    /// - Parameter root: Where cgroups are mounted.
    public static func detect(root: String = "/sys/fs/cgroup") throws(CgroupError) -> Hierarchy {
        // Only a cgroup folder has this file, and it is in every one of them (cgroups(7)).
        func isCgroup(_ path: String) -> Bool { Files.exists("\(path)/cgroup.procs") }
        if isCgroup(root) { return .unified }
        if isCgroup("\(root)/unified") { return .hybrid }
        if isCgroup("\(root)/systemd") { return .legacy }
        let names = (try? Files.names(in: root)) ?? []  // A root that is not there holds no cgroup either.
        if names.contains(where: { isCgroup("\(root)/\($0)") }) { return .legacy }
        throw .notMounted(root: root)
    }
}

/// Where each tree of a /proc/PID/cgroup line is mounted.
struct Mounts: Sendable, Equatable {
    let root: String
    let hierarchy: Hierarchy

    init(root: String) throws(CgroupError) {
        self.root = root
        hierarchy = try .detect(root: root)
    }

    /// The folder of one tree; `nil` where it is not mounted for us, as with the version 1 lines of a machine that
    /// runs a container with a version 2 tree of its own, or line `0::` on a purely version 1 host.
    func folder(of entry: Membership.Entry) -> String? {
        if entry.isUnified {
            switch hierarchy {
            case .unified: return root
            case .hybrid: return "\(root)/unified"
            case .legacy: return nil
            }
        }
        guard hierarchy != .unified else { return nil }
        // `cpu,cpuacct` is mounted under that name, with a link for each; the order of the two differs by kernel.
        let names = entry.controllers.map { $0.hasPrefix("name=") ? String($0.dropFirst(5)) : $0 }
        return ([names.joined(separator: ",")] + names).map { "\(root)/\($0)" }
            .first { Files.exists("\($0)/cgroup.procs") }
    }

    /// The tree that systemd tells services apart by.
    func isTracking(_ entry: Membership.Entry) -> Bool { entry.isTracking(in: hierarchy) }
}
