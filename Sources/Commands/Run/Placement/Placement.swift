// SPDX-License-Identifier: Apache-2.0

internal import Cgroups
internal import Console
internal import Engine
internal import RunOptions

/// How the container gets into the unit's cgroup.
enum Placement: String, Sendable {
    /// Our runtime makes it there, whatever Docker's cgroup driver is.
    case native
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
        /// The container that is there already.
        var existing: Existing?
        var unitPath: String
        /// We stay until the container ends, and may remove what it leaves.
        var cleansUp = true
        /// Why our runtime cannot make the container; `nil` where it can.
        var runtimeObstacle: String?

        struct Existing: Sendable, Equatable {
            var cgroupParent: String
            /// It was created for our runtime.
            var hasOurRuntime: Bool
            /// It runs, and outside the unit: somebody else has started it.
            var isElsewhere: Bool
        }

        /// Why our runtime cannot make the container in the unit; `nil` where it can.
        var obstacleToNative: String? {
            if let runtimeObstacle {
                runtimeObstacle
            } else if let obstacleToBirth {
                obstacleToBirth
            } else if let existing, !existing.hasOurRuntime {
                "the container was created without it"
            } else {
                nil
            }
        }

        /// Why Docker cannot make the container in the unit; `nil` where it can.
        var obstacleToParent: String? {
            if driver != "cgroupfs" {
                "Docker's cgroup driver is \(driver), which makes containers in slices only"
            } else if let obstacleToBirth {
                obstacleToBirth
            } else if let existing, existing.cgroupParent != unitPath {
                "the container was created without it"
            } else {
                nil
            }
        }

        /// Why nobody can make the container in the unit; `nil` where somebody can.
        ///
        /// runc enables controllers all the way down to the container. In a unit without `Delegate=`, whose cgroup holds
        /// our own process, that fails, or makes a threaded cgroup of it that no container can enter (cgroup-v2.rst,
        /// "No Internal Process Constraint"), so it needs the delegation where there are controllers.
        private var obstacleToBirth: String? {
            if isUnified, hasControllers, !isDelegated {
                "the unit has no Delegate=yes"
            } else if !isUnified, !cleansUp {
                // runc makes cgroups there that nobody but us would remove (LeftoverCgroups).
                "nobody stays, as root, who would clean up version 1 cgroups"
            } else if !isUnified, namesControllers {
                "--cgroups names single controllers"
            } else if let existing, existing.isElsewhere {
                "it runs already, outside the unit"
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
    static func choose(_ wish: WrapperOptions.Placement, in here: Circumstances) throws(CommandError) -> Choice {
        switch wish {
        case .none:
            return Choice(
                placement: .none, reason: "the unit's limits, and systemctl status, do not see it (--placement none)")
        case .migrate:
            return Choice(placement: .migrate, reason: migrated + " (--placement migrate)")
        case .native:
            if let obstacle = here.obstacleToNative { throw refusal(of: wish, for: obstacle) }
            return Choice(placement: .native, reason: "\(born) (--placement native)")
        case .parent:
            if let obstacle = here.obstacleToParent { throw refusal(of: wish, for: obstacle) }
            return Choice(placement: .parent, reason: "\(made) (--placement parent)")
        case .auto:
            guard let obstacle = here.obstacleToNative else { return Choice(placement: .native, reason: born) }
            guard let another = here.obstacleToParent else {
                return Choice(placement: .parent, reason: "\(made); not native, for \(obstacle)")
            }
            let obstacles = obstacle == another ? obstacle : "\(obstacle); \(another)"
            return Choice(placement: .migrate, reason: "\(migrated), for \(obstacles)")
        }
    }

    private static func refusal(of wish: WrapperOptions.Placement, for obstacle: String) -> CommandError {
        CommandError("--placement \(wish.rawValue): \(obstacle): or use --placement auto, which takes what can be had")
    }

    private static let born = "the container is born in the unit"
    private static let made = "Docker makes the container in the unit"
    private static let migrated = "the container is moved into the unit, where docker top, stats and pause lose it"
}
