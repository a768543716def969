// SPDX-License-Identifier: Apache-2.0

internal import Linux

/// Where each tree of a /proc/PID/cgroup line is mounted.
struct Mounts: Sendable, Equatable {
    let root: String
    let hierarchy: Hierarchy

    init(root: String) throws(CgroupError) {
        self.root = root
        hierarchy = try .detect(root: root)
    }

    /// The folder of one tree; `nil` where it is not mounted here: the version 1 lines in a container that has only a
    /// version 2 tree, line `0::` on a host with version 1 only.
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

    /// Whether it is the tree in which systemd tracks services.
    func isTracking(_ entry: Membership.Entry) -> Bool { entry.isTracking(in: hierarchy) }
}
