// SPDX-License-Identifier: Apache-2.0

internal import Cgroups
internal import Engine
internal import Linux
internal import RunOptions
internal import Systemd

extension Run {
    /// What placing a container has to keep until its end.
    struct Place {
        var group: UnitGroup
        var choice: Placement.Choice
        var footprint: Footprint
    }

    /// Chooses the placement, and gets the unit's cgroup ready for it; `nil` outside a unit.
    func preparePlace(_ client: Client, for found: Found) async throws -> Place? {
        guard let unit else { return nil }
        let group = try UnitGroup(unit: unit.name, membership: try Membership.ofThisProcess())
        let existingParent: String? =
            switch found {
            case .nothing: nil
            case .running(let container), .stopped(let container): container.hostConfig.cgroupParent
            }
        let choice = try Placement.choose(
            wrapper.placement,
            in: Placement.Circumstances(
                driver: try await client.info().cgroupDriver, isUnified: group.hierarchy == .unified,
                isDelegated: group.isDelegated, hasControllers: group.hasControllers,
                namesControllers: controllers != .all, existingParent: existingParent, unitPath: group.path,
                leavesEarly: leaves))
        if choice.placement != .none {
            try group.enterSupervisorGroup()
            // Where we stay from now on, and before there is a container that could be signaled with us.
            try signals.watchUnit()
        }
        return Place(group: group, choice: choice, footprint: try Footprint(before: group))
    }

    /// What `--cgroups` asks for; without it all that can be moved, as the old program did.
    var controllers: ControllerSelection { wrapper.cgroups.isEmpty ? .all : ControllerSelection(wrapper.cgroups) }

    /// Brings a started container into the unit, and says how.
    func settle(_ container: Container, process: Int32, in place: Place) throws {
        diagnostics.info("placement \(place.choice.placement.rawValue): \(place.choice.reason)")
        guard place.choice.placement == .migrate else { return }
        let migration = try place.group.migrate(container: process, id: container.id, controllers: controllers)
        let lost = migration.lostLimits.map(\.description).joined(separator: ", ")
        if migration.needsDelegation {
            diagnostics.warning("limits not in effect: \(lost): they need Delegate=yes in the unit's [Service] section")
        } else if !lost.isEmpty {
            diagnostics.warning("limits not in effect: \(lost)")
        }
        if !migration.notMoved.isEmpty {
            diagnostics.notice("left where Docker put the container: \(migration.notMoved.joined(separator: ", "))")
        }
    }

    /// Removes the cgroups that the container has left behind.
    func clear(_ place: Place, container id: String) {
        do throws(CgroupError) {
            try place.group.removeContainerGroups()
            try place.footprint.remove(container: id)
        } catch {
            diagnostics.warning(error)
        }
    }
}
