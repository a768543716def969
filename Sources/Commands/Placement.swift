// SPDX-License-Identifier: Apache-2.0

internal import Cgroups
internal import Engine
internal import RunOptions

/// How the container gets into the unit's cgroup.
enum Placement: String, Sendable {
    /// Docker makes it there: `CgroupParent` is the unit's cgroup.
    case parent
    /// Its processes are moved there after the start.
    case migrate
    /// It stays where Docker puts it.
    case none

    /// What the choice depends on.
    struct Circumstances: Sendable, Equatable {
        /// The Engine's: `systemd`, `cgroupfs` or `none`.
        var driver: String
        var isUnified: Bool
        /// `Delegate=` is set.
        var isDelegated: Bool
        /// Limits could be set below the unit.
        var hasControllers: Bool
        /// `--cgroups` names some controllers, not all.
        var namesControllers: Bool
        /// The `CgroupParent` of the container that is there already, and the unit's cgroup.
        var existingParent: String?
        var unitPath: String
        /// We do not stay until the container ends.
        var leavesEarly = false

        /// Why Docker cannot make the container in the unit; `nil` where it can.
        ///
        /// runc enables controllers all the way down to the container. In a unit without `Delegate=`, whose cgroup holds
        /// our own process, that fails, or makes a threaded cgroup of it that no container can enter (cgroup-v2.rst,
        /// "No Internal Process Constraint"), so `parent` needs the delegation where there are controllers.
        var obstacleToParent: String? {
            if driver != "cgroupfs" {
                "Docker's cgroup driver is \(driver), which makes containers in slices only"
            } else if isUnified, hasControllers, !isDelegated {
                "the unit has no Delegate=yes"
            } else if let existingParent, existingParent != unitPath {
                "the container was created without it"
            } else if !isUnified, leavesEarly {
                // runc makes cgroups there that nobody but us would remove (Footprint).
                "nobody stays who would clean up version 1 cgroups"
            } else if !isUnified, namesControllers {
                "--cgroups names single controllers"
            } else {
                nil
            }
        }
    }

    /// A choice, and the sentence that tells it.
    struct Choice: Sendable, Equatable {
        var placement: Placement
        var reason: String
    }

    /// Makes the choice: what was asked for if that can be, else the first that the host allows.
    static func choose(_ wish: WrapperOptions.Placement, in here: Circumstances) throws(LaunchError) -> Choice {
        switch wish {
        case .none:
            return Choice(
                placement: .none, reason: "the unit's limits, and systemctl status, do not see it (--placement none)")
        case .migrate:
            return Choice(placement: .migrate, reason: migrated + " (--placement migrate)")
        case .parent:
            if let obstacle = here.obstacleToParent {
                throw LaunchError(
                    "--placement parent: \(obstacle): use --placement auto, which then moves the container")
            }
            return Choice(placement: .parent, reason: "Docker makes the container in the unit (--placement parent)")
        case .auto:
            if let obstacle = here.obstacleToParent {
                return Choice(placement: .migrate, reason: "\(migrated), for \(obstacle)")
            }
            return Choice(placement: .parent, reason: "Docker makes the container in the unit")
        }
    }

    private static let migrated = "the container is moved into the unit, where docker top, stats and pause lose it"
}
