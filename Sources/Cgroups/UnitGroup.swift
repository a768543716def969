// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc
internal import Linux

/// The cgroup of the systemd unit that this process runs in, in every tree where systemd made one.
public struct UnitGroup: Sendable, Equatable {
    /// The unit's full name: `nginx.service`.
    public let unit: String

    let mounts: Mounts
    let places: [Place]
    private let tracking: Place

    /// The unit's cgroup in one tree.
    struct Place: Sendable, Equatable {
        let tree: Membership.Entry
        let mount: String
        /// From the tree's root; `tree.path` may be deeper.
        let path: String

        var group: Group { Group(path: mount + path) }
        /// A group for each container: a unit may run several.
        func container(_ id: String) -> Group { group.child(id) }
    }

    static let supervisorName = "supervisor"

    /// Finds the unit's cgroups from our own.
    ///
    /// We may be below the unit's cgroup already (DelegateSubgroup=). A version 1 tree in which our path does not name the
    /// unit is not used for it: systemd uses only the controllers that a setting needs.
    ///
    /// - Parameters:
    ///   - unit: Its full name, as sd_pid_get_unit(3) gives it.
    ///   - membership: Our own.
    ///   - root: Where cgroups are mounted.
    /// - Throws: ``CgroupError/notInUnit(_:found:)``, or ``CgroupError/notMounted(root:)``.
    public init(unit: String, membership: Membership, root: String = "/sys/fs/cgroup") throws(CgroupError) {
        let mounts = try Mounts(root: root)
        let places = membership.entries.compactMap { entry -> Place? in
            guard let mount = mounts.folder(of: entry), let path = CgroupPath.ofUnit(unit, in: entry.path) else {
                return nil
            }
            return Place(tree: entry, mount: mount, path: path)
        }
        guard let tracking = places.first(where: { mounts.isTracking($0.tree) }) else {
            let found = membership.entries.first(where: mounts.isTracking)?.path ?? "/"
            throw .notInUnit(unit, found: found)
        }
        self.unit = unit
        self.mounts = mounts
        self.places = places
        self.tracking = tracking
    }

    /// The cgroup as systemd and Docker's `CgroupParent` name it: `/system.slice/nginx.service`.
    public var path: String { tracking.path }

    /// How cgroups are mounted here.
    public var hierarchy: Hierarchy { mounts.hierarchy }

    /// Whether systemd gave us the cgroup to make others in (Delegate=).
    ///
    /// systemd says so in an extended attribute, `trusted.delegate`, or `user.delegate` where the manager is not
    /// root (CGROUP_DELEGATION, "Delegation").
    public var isDelegated: Bool {
        ["trusted.delegate", "user.delegate"].contains { name in
            var value: [UInt8] = [0, 0]
            return getxattr(tracking.group.path, name, &value, value.count) == 1 && value[0] == UInt8(ascii: "1")
        }
    }

    /// Whether limits could be set below the unit: version 2 controllers have reached its cgroup.
    public var hasControllers: Bool { !controllers.isEmpty }

    var controllers: [String] {
        guard hierarchy == .unified else { return [] }
        return (tracking.group.value("cgroup.controllers") ?? "").split(separator: " ").map(String.init)
    }

    /// Makes room for the container's controllers: moves the processes in the unit's own cgroup, and so this one, to
    /// `<unit>/supervisor`.
    ///
    /// On version 2 a cgroup may have processes, or controllers for its children, not both (cgroup-v2.rst, "No Internal
    /// Process Constraint"). Does nothing on version 1, without Delegate=, or where there is no process: systemd puts the
    /// commands of a delegated unit other than ExecStart= into `<unit>/.control`.
    public func enterSupervisorGroup() throws(CgroupError) {
        guard hierarchy == .unified, isDelegated, try !tracking.group.processes().isEmpty else { return }
        let supervisor = tracking.group.child(Self.supervisorName)
        do throws(SystemError) {
            try Files.makeFolder(supervisor.path)
        } catch {
            throw CgroupError(error, doing: "making a cgroup for the supervisor")
        }
        // All of them: a shell that waits for us (ExecStart=sh -c …) would keep the controllers off as well.
        try ProcessMove(from: tracking.group, to: supervisor, withDescendants: false).complete()
    }

    /// Disables the controllers that a container had in the unit, once there is no other container.
    ///
    /// After a container of ExecStartPre= systemd puts the main process into the unit's own cgroup, which fails (EBUSY)
    /// while controllers are enabled for its children.
    public func releaseControllers() {
        guard hierarchy == .unified, isDelegated,
            tracking.group.children.allSatisfy({ [Self.supervisorName, ".control"].contains($0.name) })
        else { return }
        for controller in (tracking.group.value("cgroup.subtree_control") ?? "").split(separator: " ") {
            // Another container may have started meanwhile, and keeps them.
            try? tracking.group.set("cgroup.subtree_control", to: "-\(controller)")
        }
    }

    /// Whether a process is in the unit's cgroup, or below it.
    ///
    /// - Parameter process: Its number.
    /// - Returns: `false` for a process of another unit.
    /// - Throws: ``CgroupError/gone(process:)`` where the number is not in use.
    public func contains(process: Int32) throws(CgroupError) -> Bool {
        let path = try Membership(of: process).path(in: tracking.tree)
        return path.map { CgroupPath.isInside($0, tracking.path) } ?? false
    }

    /// How many processes the OOM killer has ended in a container's cgroup, whichever limit was reached.
    ///
    /// `oom_kill` of memory.events (cgroup-v2.rst), of memory.oom_control in version 1.
    ///
    /// - Parameter id: The container's full ID.
    /// - Returns: 0 where the container is not in a cgroup of ours, or no controller counts.
    public func outOfMemoryKills(container id: String) -> Int {
        for place in places {
            let container = place.container(id)
            guard let text = container.value("memory.events") ?? container.value("memory.oom_control")
            else { continue }
            for line in text.split(separator: "\n") where line.hasPrefix("oom_kill ") {
                return Int(line.dropFirst("oom_kill ".count)) ?? 0
            }
        }
        return 0
    }

    /// The path of a container's cgroup in the tree of `entry`, where the unit has one.
    func path(ofContainer id: String, in entry: Membership.Entry) -> String? {
        places.first { $0.tree.controllers == entry.controllers }.map { "\($0.path)/\(id)" }
    }
}
