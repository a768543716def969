// SPDX-License-Identifier: Apache-2.0

internal import Cgroups
internal import Claims
internal import Console
internal import Engine
internal import Glibc
internal import Linux
internal import RunOptions
internal import Systemd

extension Run {
    /// What placing a container has to keep until its end.
    struct Place {
        var group: UnitGroup
        var choice: Placement.Choice
        var leftovers: LeftoverCgroups
        /// With native placement, what our runtime hands on to.
        var runtime: ContainerRuntime
        var daemonIsRootless: Bool
    }

    /// Chooses the placement, and gets the unit's cgroup ready for it; `nil` outside a unit.
    func preparePlace(_ client: Client, for found: Found) async throws -> Place? {
        guard let unit else {
            if options.passesOutput { throw CommandError("--log-driver passthrough: there is no unit around us") }
            return nil
        }
        let group = try UnitGroup(unit: unit.name, membership: try Membership.ofThisProcess())
        let info = try await client.info()
        let runtime = ContainerRuntime(
            wish: options.request.hostConfig.runtime, info: info, version: client.version)
        let choice = try Placement.choose(
            wrapper.placement,
            in: Placement.Circumstances(
                driver: info.cgroupDriver, isUnified: group.hierarchy == .unified,
                isDelegated: group.isDelegated, hasControllers: group.hasControllers,
                namesControllers: controllers != .all, existing: try existing(found, group), unitPath: group.path,
                cleansUp: !leaves && geteuid() == 0, runtimeObstacle: runtime.obstacle))
        if choice.placement != .native { try refuseWhatNeedsNative(choice) }
        if choice.placement != .none {
            try group.enterSupervisorGroup()
            // Where we stay from now on, and before there is a container that could be signaled with us.
            try signals.watchUnit()
        }
        return Place(
            group: group, choice: choice, leftovers: try LeftoverCgroups(before: group), runtime: runtime,
            daemonIsRootless: info.isRootless)
    }

    /// What matters of a container that is there already.
    private func existing(_ found: Found, _ group: UnitGroup) throws -> Placement.Circumstances.Existing? {
        switch found {
        case .nothing:
            nil
        case .running(let container), .stopped(let container):
            Placement.Circumstances.Existing(
                cgroupParent: container.hostConfig.cgroupParent,
                hasOurRuntime: container.hostConfig.runtime == ContainerRuntime.ours,
                isElsewhere: try isElsewhere(container.state, group))
        }
    }

    /// Whether its process is outside of the unit; one that has ended is not.
    func isElsewhere(_ state: Container.State, _ group: UnitGroup) throws -> Bool {
        guard state.process > 0 else { return false }
        do throws(CgroupError) {
            return try !group.contains(process: state.process)
        } catch {
            if case .gone = error { return false }
            throw error
        }
    }

    /// Descriptors reach a container through our runtime alone: without it nobody would serve the unit's sockets.
    private func refuseWhatNeedsNative(_ choice: Placement.Choice) throws {
        let wish: String? =
            if !sockets.names.isEmpty {
                "hand the unit's \(sockets.names.count) sockets to the container"
            } else if options.passesOutput {
                "--log-driver passthrough"
            } else {
                nil
            }
        guard let wish else { return }
        throw CommandError("\(wish): it needs --placement native, and this is \(choice.placement): \(choice.reason)")
    }

    /// What `--cgroups` asks for; without it all that can be moved, as the old program did.
    var controllers: ControllerSelection { wrapper.cgroups.isEmpty ? .all : ControllerSelection(wrapper.cgroups) }

    /// Asks for a container that is made in the unit.
    func shape(_ request: inout CreateRequest, for place: Place) {
        switch place.choice.placement {
        case .native:
            request.hostConfig.runtime = ContainerRuntime.ours
            if options.removesOnExit {
                request.hostConfig.annotations = (request.hostConfig.annotations ?? [:]).merging(
                    [ClaimAnnotation.key: ClaimAnnotation.required]) { $1 }
            }
            if !place.runtime.command.isEmpty {
                request.hostConfig.annotations = (request.hostConfig.annotations ?? [:]).merging(
                    [RuntimeAnnotation.key: RuntimeAnnotation.value(of: place.runtime.command)]) { $1 }
            }
            // The Engine sees nothing of what goes straight to the unit's output.
            if options.passesOutput { request.hostConfig.logConfig.type = "none" }
        case .parent:
            request.hostConfig.cgroupParent = place.group.path
        case .migrate, .none:
            break
        }
    }

    /// Brings a started container into the unit, and says how.
    func settle(_ container: Container, process: Int32, in place: Place) throws {
        diagnostics.info("placement \(place.choice.placement.rawValue): \(place.choice.reason)")
        if place.choice.placement == .native, try !place.group.contains(process: process) {
            throw CommandError(
                "place the container in the unit: Docker started it elsewhere, without asking us: systemd-docker setup --check"
            )
        }
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
            try place.group.removeGroups(ofContainer: id)
            try place.leftovers.remove(container: id)
            place.group.releaseControllers()
        } catch {
            diagnostics.warning(error)
        }
    }
}
