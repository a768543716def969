// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Linux

extension UnitGroup {
    /// Removes `<unit>/ID` and what the container made below it, in every tree; gone already is fine.
    ///
    /// - Parameter id: The container's full ID.
    /// - Throws: when a process still sits there: one that outlived the container (`--pid=host`).
    public func removeGroups(ofContainer id: String) throws(CgroupError) {
        guard !id.isEmpty else { return }
        let clock = ContinuousClock()
        // A process is reported dead an instant before the kernel lets go of its cgroup.
        let deadline = clock.now + .milliseconds(200)
        for place in places {
            while true {
                do throws(SystemError) {
                    try place.container(id).remove()
                    break
                } catch  where error.isBusy && clock.now < deadline {
                    sched_yield()
                } catch {
                    throw CgroupError(error, doing: "removing the container's cgroup")
                }
            }
        }
    }
}

/// What a container made with `CgroupParent=<unit>` leaves behind in version 1 trees where systemd made nothing for
/// the unit, and where nobody else would remove it.
///
/// runc makes `/sys/fs/cgroup/freezer/system.slice/nginx.service/ID` there and removes only the last part.
public struct Footprint: Sendable, Equatable {
    /// The unit's own folders, and those above that were not there before, deepest first.
    ///
    /// Kept as text, it outlives an execve(2).
    public let folders: [String]

    /// Takes up what ``folders`` gave.
    public init(folders: [String]) { self.folders = folders }

    /// Notes, before the container is created, what is not there yet.
    ///
    /// The unit's own folder is noted even so: where systemd made none, it was left by a run that was killed.
    public init(before unit: UnitGroup) throws(CgroupError) {
        guard unit.hierarchy != .unified else {
            self.init(folders: [])
            return
        }
        let membership = try Membership.ofThisProcess()
        self.init(before: unit, membership: membership)
    }

    init(before unit: UnitGroup, membership: Membership) {
        let components = unit.path.split(separator: "/")
        let parents = components.indices.reversed().map { "/" + components[...$0].joined(separator: "/") }
        folders = membership.entries.flatMap { entry -> [String] in
            guard !entry.isUnified, !unit.places.contains(where: { $0.tree == entry }),
                let mount = unit.mounts.folder(of: entry)
            else { return [] }
            return parents.map { mount + $0 }.filter { $0 == mount + unit.path || !Files.exists($0) }
        }
    }

    /// Removes, after the container is gone, what is empty of it.
    ///
    /// A folder that another unit's container uses by now stays; so does one that is gone already.
    ///
    /// - Parameter id: The container's full ID.
    public func remove(container id: String) throws(CgroupError) {
        for folder in folders {
            do throws(SystemError) {
                // Only the deepest folder of a tree has it; elsewhere it is not there.
                if !id.isEmpty { try Group(path: "\(folder)/\(id)").remove() }
                try Files.removeFolder(folder)
            } catch  where error.isBusy {
            } catch {
                throw CgroupError(error, doing: "removing a cgroup that the container left")
            }
        }
    }
}
