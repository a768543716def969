// SPDX-License-Identifier: Apache-2.0

internal import Cgroups
internal import Claims
internal import Console
internal import Engine
internal import Glibc
internal import RunOptions
internal import Systemd

/// Where the container is put: the unit's cgroup, the way into it, and what it leaves there.
struct Place {
    let group: UnitGroup
    let choice: Placement.Choice
    /// With native placement, the runtime that ours calls.
    let runtime: ContainerRuntime
    let daemonIsRootless: Bool
    private let leftovers: LeftoverCgroups

    /// Chooses the placement, and gets the unit's cgroup ready for it.
    ///
    /// - Parameters:
    ///   - job: What was asked for.
    ///   - found: The container that exists already.
    ///   - client: The Engine.
    ///   - signals: Watches the unit's signals from our final cgroup.
    /// - Returns: `nil` outside of a unit.
    @LoopActor
    static func prepare(
        _ job: Job, for found: Found, _ client: Client, _ signals: SignalRelay
    ) async throws -> Place? {
        guard let unit = job.unit else {
            if job.options.passesOutput {
                throw CommandError("--log-driver passthrough: there is no unit around us")
            }
            return nil
        }
        let group = try UnitGroup(unit: unit.name, membership: try Membership.ofThisProcess())
        let info = try await client.info()
        let runtime = ContainerRuntime(
            wish: job.options.request.hostConfig.runtime, info: info, version: client.version)
        let choice = try Placement.choose(
            job.wrapper.placement,
            in: Placement.Circumstances(
                driver: info.cgroupDriver, isUnified: group.hierarchy == .unified,
                isDelegated: group.isDelegated, hasControllers: group.hasControllers,
                namesControllers: job.controllers != .all, existing: try existing(found, group),
                unitPath: group.path, cleansUp: !job.exitsAfterStart && geteuid() == 0,
                runtimeObstacle: runtime.obstacle))
        if choice.placement != .native { try refuseWhatNeedsNative(job, choice) }
        if choice.placement != .none {
            try group.enterSupervisorGroup()
            // Where we stay from now on, and before there is a container that could be signaled with us.
            try signals.watchUnit()
        }
        return Place(
            group: group, choice: choice, runtime: runtime, daemonIsRootless: info.isRootless,
            leftovers: try LeftoverCgroups(before: group))
    }

    /// What matters of a container that exists already.
    private static func existing(
        _ found: Found, _ group: UnitGroup
    ) throws -> Placement.Circumstances.Existing? {
        switch found {
        case .nothing:
            nil
        case .running(let container), .stopped(let container):
            Placement.Circumstances.Existing(
                cgroupParent: container.hostConfig.cgroupParent,
                hasOurRuntime: container.hostConfig.runtime == ContainerRuntime.ours,
                isElsewhere: try group.isOutside(container.state))
        }
    }

    /// Descriptors reach a container through our runtime alone: without it nothing would serve the unit's sockets.
    @LoopActor
    private static func refuseWhatNeedsNative(_ job: Job, _ choice: Placement.Choice) throws(CommandError) {
        let requested: String? =
            if !job.sockets.names.isEmpty {
                "hand the unit's \(job.sockets.names.count) sockets to the container"
            } else if job.options.passesOutput {
                "--log-driver passthrough"
            } else {
                nil
            }
        guard let requested else { return }
        throw CommandError(
            "\(requested): it needs --placement native, and this is \(choice.placement): \(choice.reason)")
    }

    /// Brings a started container into the unit, and says how.
    @LoopActor
    func settle(_ container: Container, process: Int32, _ job: Job) throws {
        job.diagnostics.info("placement \(choice.placement.rawValue): \(choice.reason)")
        if choice.placement == .native, try !group.contains(process: process) {
            throw CommandError(
                "place the container in the unit: Docker started it elsewhere, without asking us: systemd-docker setup --check"
            )
        }
        guard choice.placement == .migrate else { return }
        let migration = try group.migrate(container: process, id: container.id, controllers: job.controllers)
        let lost = migration.lostLimits.map(\.description).joined(separator: ", ")
        if migration.needsDelegation {
            job.diagnostics.warning(
                "limits not in effect: \(lost): they need Delegate=yes in the unit's [Service] section")
        } else if !lost.isEmpty {
            job.diagnostics.warning("limits not in effect: \(lost)")
        }
        if !migration.notMoved.isEmpty {
            job.diagnostics.notice(
                "left where Docker put the container: \(migration.notMoved.joined(separator: ", "))")
        }
    }

    /// Removes the cgroups that a container has left behind.
    ///
    /// - Parameters:
    ///   - id: The container's full ID; empty where there was none.
    ///   - diagnostics: Hears why that cannot be done.
    func removeCgroups(ofContainer id: String, _ diagnostics: Diagnostics) {
        do throws(CgroupError) {
            try group.removeGroups(ofContainer: id)
            try leftovers.remove(container: id)
            group.releaseControllers()
        } catch {
            diagnostics.warning(error)
        }
    }
}

extension Job {
    /// What `--cgroups` asks for; without it all that can be moved, as the old program did.
    var controllers: ControllerSelection { wrapper.cgroups.isEmpty ? .all : ControllerSelection(wrapper.cgroups) }
}
