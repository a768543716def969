// SPDX-License-Identifier: Apache-2.0

internal import Linux

extension UnitGroup {
    /// Moves a running container from where Docker put it to `<unit>/ID`: device filter and limits first, then
    /// every process.
    ///
    /// On version 2 the limits need Delegate= and ``enterSupervisorGroup()``. Without, no controller is enabled below
    /// the unit: systemd could not start ExecStop= in it any more, and takes such a setting back whenever it likes.
    /// Docker removes its own, now empty, cgroup when the container ends.
    ///
    /// - Parameters:
    ///   - process: The container's PID 1, as this host numbers it.
    ///   - id: The container's full ID: only processes in a cgroup of that name are moved.
    ///   - controllers: The version 1 controllers that it is moved in.
    /// - Returns: What was lost. A container that Docker made in the unit is left as it is.
    /// - Throws: ``CgroupError``; before the first process is moved, all that was made is removed again.
    public func migrate(
        container process: Int32, id: String, controllers: ControllerSelection
    ) throws(CgroupError) -> Migration {
        try migrate(container: process, id: id, controllers: controllers, proc: "/proc")
    }

    func migrate(
        container process: Int32, id: String, controllers: ControllerSelection, proc: String
    ) throws(CgroupError) -> Migration {
        let membership = try Membership(of: String(process), proc: proc)
        let found = membership.entries.first(where: mounts.isTracking)?.path ?? "/"
        if CgroupPath.isInside(found, path) { return Migration(lostLimits: [], notMoved: []) }

        let (chosen, notMoved) = try select(controllers, known: membership)
        let routes = chosen.map { Route(place: $0, source: source(of: id, in: membership, for: $0)) }
        guard let main = routes.first(where: { $0.source != nil }), let mainSource = main.source else {
            throw Self.hasEnded(process, proc: proc)
                ? .gone(process: String(process)) : .foreign(process: process, container: id, found: found)
        }

        var lostLimits: [LostLimit] = []
        do throws(CgroupError) {
            for route in routes {
                try route.place.container(id).make()
                try carryDeviceFilter(of: process, in: id, at: membership, along: route, proc: proc)
                lostLimits += carryLimits(of: id, along: route)
            }
        } catch {
            // They have no process yet. What cannot be removed goes with the unit; the first error counts.
            for route in routes { try? route.place.container(id).remove() }
            throw error
        }

        lostLimits += abandonedLimits(of: id, in: membership)

        let freezer = freezer(of: id, in: membership, main: mainSource)
        // Trees in which Docker made no cgroup for the container: there its processes sit among others (a hybrid
        // host's version 2 tree), and only their numbers tell them apart.
        let companions = routes.filter { $0.source == nil }.map { $0.place.container(id) }
        try ProcessMove(
            from: mainSource, to: main.place.container(id), companions: companions, freezer: freezer
        ).complete()
        for route in routes where route != main {
            guard let source = route.source else { continue }
            try ProcessMove(from: source, to: route.place.container(id), freezer: freezer).complete()
        }
        return Migration(lostLimits: lostLimits, notMoved: notMoved)
    }

    /// Whether a process has ended or is about to: version 1 shows it at the root of each tree (cgroups(7)), from a moment
    /// before it is a zombie on.
    static func hasEnded(_ process: Int32, proc: String) -> Bool {
        guard let status = try? Files.text("\(proc)/\(process)/stat") else { return true }
        // The state follows the name, which may itself have parentheses (proc_pid_stat(5)).
        guard let name = status.lastIndex(of: ")") else { return false }
        // The state, its parent, group, session, terminal and the terminal's group, the kernel's flags: PF_EXITING is 4.
        let fields = status[name...].dropFirst(2).split(separator: " ")
        let isExiting = fields.count > 6 && UInt32(fields[6]).map { $0 & 4 != 0 } ?? false
        return isExiting || fields.first.map { ["Z", "X"].contains($0) } ?? false
    }

    /// One tree's part of a migration.
    private struct Route: Equatable {
        let place: Place
        /// Where Docker put the container; `nil` where it made no cgroup for it.
        let source: Group?
    }

    private func source(of id: String, in membership: Membership, for place: Place) -> Group? {
        membership.path(in: place.tree).flatMap { CgroupPath.ofContainer(id, in: $0) }
            .map { Group(path: place.mount + $0) }
    }

    /// The unit's places to move in, and the named controllers that have none.
    private func select(
        _ controllers: ControllerSelection, known membership: Membership
    ) throws(CgroupError) -> (chosen: [Place], notMoved: [String]) {
        guard hierarchy != .unified else { return (places, []) }
        let movable = places.filter { !$0.tree.controllers.contains("devices") }
        guard case .named(let names) = controllers else { return (movable, []) }

        let known = membership.entries.flatMap(\.controllers)
        var wanted: Set<String> = [Membership.Entry.systemd]
        var notMoved: [String] = []
        for name in names {
            let name = name == "systemd" ? Membership.Entry.systemd : name
            guard known.contains(name) else { throw .unknownController(name, known: known.sorted()) }
            wanted.insert(name)
            if !movable.contains(where: { $0.tree.controllers.contains(name) }) { notMoved.append(name) }
        }
        let chosen = movable.filter { $0.tree.isUnified || !wanted.isDisjoint(with: $0.tree.controllers) }
        return (chosen, notMoved)
    }

    private func carryDeviceFilter(
        of process: Int32, in id: String, at membership: Membership, along route: Route, proc: String
    ) throws(CgroupError) {
        guard route.place.tree.isUnified, let path = membership.path(in: route.place.tree) else { return }
        let target = route.place.container(id)
        do throws(SystemError) {
            // Where the process itself is: a container may have cgroups of its own below Docker's, with filters.
            try DeviceFilter.carry(from: Group(path: route.place.mount + path), to: target)
        } catch {
            if error.isPermissionDenied, DeviceFilter.isNeedless(for: process, proc: proc) { return }
            // Docker's cgroup went with the container's last process; /proc calls it deleted (cgroups(7)).
            if error.isNotFound { throw .gone(process: String(process)) }
            throw .deviceFilter(group: target.path, reason: "\(error)")
        }
    }

    private func carryLimits(of id: String, along route: Route) -> [LostLimit] {
        guard let source = route.source else { return [] }
        let unit = route.place.group
        let target = route.place.container(id)
        guard route.place.tree.isUnified else {
            return Limit.carryAll(Limit.legacy, from: source, to: target, unit: unit, isDelegated: true)
        }
        let isDelegated = hierarchy == .unified && isDelegated
        if isDelegated {
            for controller in controllers {
                // One that the kernel refuses (real-time threads keep `cpu` off) shows as its lost limits.
                try? unit.set("cgroup.subtree_control", to: "+\(controller)")
            }
        }
        return Limit.carryAll(Limit.unified, from: source, to: target, unit: unit, isDelegated: isDelegated)
    }

    /// Limits in version 1 trees that the unit has no place in, where systemd will not leave the container either.
    ///
    /// The scope of the systemd driver ends once its last process has left `name=systemd`. What it still holds in other
    /// trees systemd then moves up, in those that no unit of the slice needs (seen with `blkio`, systemd 257).
    private func abandonedLimits(of id: String, in membership: Membership) -> [LostLimit] {
        guard hierarchy != .unified else { return [] }
        let managed: Set = ["blkio", "cpu", "cpuacct", "memory", "pids"]
        return membership.entries.flatMap { entry -> [LostLimit] in
            guard !managed.isDisjoint(with: entry.controllers),
                !places.contains(where: { $0.tree.controllers == entry.controllers }),
                let mount = mounts.folder(of: entry), let path = CgroupPath.ofContainer(id, in: entry.path),
                path.hasSuffix(".scope")
            else { return [] }
            return Limit.legacy.compactMap {
                $0.abandoned(in: Group(path: mount + path), because: "systemd ends the scope that holds it")
            }
        }
    }

    /// What stops the container's processes while they are moved, where the kernel can.
    private func freezer(of id: String, in membership: Membership, main: Group) -> ProcessMove.Freezer? {
        if let freezer = ProcessMove.Freezer.unified(main) { return freezer }
        guard let entry = membership.entries.first(where: { $0.controllers.contains("freezer") }),
            let mount = mounts.folder(of: entry), let path = CgroupPath.ofContainer(id, in: entry.path)
        else { return nil }
        return .legacy(Group(path: mount + path))
    }
}
