// SPDX-License-Identifier: Apache-2.0

public import Linux

/// Why a container could not be placed in its unit, in one line: what failed, why, and what to do.
public enum CgroupError: Error, Equatable, Sendable, CustomStringConvertible {
    /// There is no cgroup file system where it is expected.
    case notMounted(root: String)
    /// This process is not in the cgroup of the unit that it should belong to.
    case notInUnit(String, found: String)
    /// The process is in a cgroup that our cgroup namespace does not show.
    case outside(process: Int32)
    /// The process ended before its cgroup could be read.
    case gone(process: String)
    /// The process is in no cgroup of this container, so it may not be the container's.
    case foreign(process: Int32, container: String, found: String)
    /// `--cgroups` names a controller that this host does not have.
    case unknownController(String, known: [String])
    /// The cgroup file system is read-only for us.
    case readOnly(action: String, SystemError)
    /// Not permitted: not root, or without a capability.
    case denied(action: String, SystemError)
    /// The device filter cannot be copied; without it the container could open any device.
    case deviceFilter(group: String, reason: String)
    /// The cgroup holds threads, not processes.
    case threaded(group: String)
    /// Processes keep appearing in the cgroup that they are moved out of.
    case notEmptied(group: String)
    /// Any other error of the kernel.
    case failed(action: String, SystemError)

    /// Sorts an error of the kernel by what the user can do about it.
    init(_ error: SystemError, doing action: String) {
        if error.isReadOnly {
            self = .readOnly(action: action, error)
        } else if error.isPermissionDenied {
            self = .denied(action: action, error)
        } else {
            self = .failed(action: action, error)
        }
    }

    public var description: String {
        switch self {
        case .notMounted(let root):
            "no cgroup file system at \(root). Mount one, or use --placement none"
        case .notInUnit(let unit, let found):
            "this process is in cgroup \(found), not in that of \(unit). Start it from the unit's ExecStart=, or use "
                + "--placement none"
        case .outside(let process):
            "process \(process) is in a cgroup outside of this cgroup namespace"
        case .gone(let process):
            "process \(process) ended before its cgroup could be read"
        case .foreign(let process, let container, let found):
            "process \(process) is in cgroup \(found), which does not belong to container \(container). It is not moved; "
                + "use --placement none to leave it there"
        case .unknownController(let name, let known):
            "no cgroup controller \(name) on this host. --cgroups knows all, \(known.joined(separator: ", "))"
        case .readOnly(let action, let error):
            "\(action): \(error). Make /sys/fs/cgroup writable (no ProtectControlGroups=yes in the unit, no read-only "
                + "mount of it), or use --placement none"
        case .denied(let action, let error):
            "\(action): \(error). Placement needs root: remove User=, or use --placement none"
        case .deviceFilter(let group, let reason):
            "copying the container's device filter to \(group): \(reason). Without it the container could open any "
                + "device, so it is not moved; use --placement none to leave it where Docker put it"
        case .threaded(let group):
            "cgroup \(group) is threaded (cgroup.type): its processes cannot be moved. Use --placement none"
        case .notEmptied(let group):
            "cgroup \(group) still has processes after 5 s: they fork faster than they can be moved"
        case .failed(let action, let error):
            "\(action): \(error)"
        }
    }
}
