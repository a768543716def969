// SPDX-License-Identifier: Apache-2.0

internal import Linux

/// Cgroups that nothing removes after a container was made with `CgroupParent=<unit>`: in version 1 trees where systemd
/// made none for the unit.
///
/// runc makes `/sys/fs/cgroup/freezer/system.slice/nginx.service/ID` there and removes only the last part.
public struct LeftoverCgroups: Sendable, Equatable {
    /// The unit's own folders, and those of its parents that did not exist before, deepest first.
    public let folders: [String]

    init(folders: [String]) { self.folders = folders }

    /// Lists, before the container is created, what does not exist yet.
    ///
    /// The unit's own folder is listed even if it exists: where systemd made none, a run that was killed left it.
    ///
    /// - Parameter unit: The unit.
    /// - Throws: ``CgroupError`` where our own cgroup cannot be read.
    public init(before unit: UnitGroup) throws(CgroupError) {
        guard unit.hierarchy != .unified else {
            self.init(folders: [])
            return
        }
        self.init(before: unit, membership: try Membership.ofThisProcess())
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

    /// Removes them after the container is gone, as far as they are empty.
    ///
    /// A folder that another unit's container uses by now stays.
    ///
    /// - Parameter id: The container's full ID.
    /// - Throws: ``CgroupError`` for a folder that is not in use and cannot be removed.
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
