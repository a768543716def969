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
