// SPDX-License-Identifier: Apache-2.0

internal import Linux

/// The cgroup that holds all processes of one container, wherever it was placed.
public struct ContainerGroup: Sendable, Equatable {
    private let tree: Membership.Entry
    /// Where it is mounted; `nil` where it is not.
    private let folder: Group?
    /// The IDs of its version 2 cgroup and of those below it, as far as they were seen.
    private var ids: Set<UInt64> = []

    /// Finds the container's cgroup by its main process.
    ///
    /// - Parameters:
    ///   - process: The container's PID 1, as this host numbers it.
    ///   - id: The container's full ID.
    ///   - unit: Where it is placed; `nil` outside a unit.
    /// - Throws: ``CgroupError/foreign(process:container:found:)`` where the process is in no cgroup of the container.
    public init(of process: Int32, id: String, unit: UnitGroup?) throws(CgroupError) {
        try self.init(of: process, id: id, unit: unit, proc: "/proc", root: "/sys/fs/cgroup")
    }

    init(of process: Int32, id: String, unit: UnitGroup?, proc: String, root: String) throws(CgroupError) {
        let membership = try Membership(of: String(process), proc: proc)
        // A tree in which all processes are at `/` tells nothing. Version 2 first, then systemd's, which are always used.
        func rank(_ entry: Membership.Entry) -> Int {
            entry.isUnified ? 0 : entry.controllers == [Membership.Entry.systemd] ? 1 : 2
        }
        for entry in membership.entries.sorted(by: { rank($0) < rank($1) }) {
            let placed = unit.flatMap { $0.path(ofContainer: id, in: entry) }
            let path =
                if let placed, CgroupPath.isInside(entry.path, placed) {
                    placed
                } else {
                    CgroupPath.ofContainer(id, in: entry.path)
                }
            if let path {
                tree = Membership.Entry(controllers: entry.controllers, path: path)
                let mount = (try? Mounts(root: root))?.folder(of: entry)
                folder = mount.map { Group(path: $0 + path) }
                noteIDs()
                return
            }
        }
        throw .foreign(process: process, container: id, found: membership.entries.map(\.path).first ?? "/")
    }

    /// The cgroup from the root of its tree: `/system.slice/nginx.service/ID`.
    public var path: String { tree.path }

    /// The processes in a container's own cgroup, wherever Docker or we made it.
    ///
    /// - Parameter id: The container's full ID.
    /// - Returns: Their numbers.
    public static func processes(ofContainer id: String) -> [Int32] { processes(ofContainer: id, proc: "/proc") }

    static func processes(ofContainer id: String, proc: String) -> [Int32] {
        let names = (try? Files.names(in: proc)) ?? []
        return names.compactMap { Int32($0) }.filter { process in
            // A process that ends meanwhile is in no cgroup.
            let membership = try? Membership(of: String(process), proc: proc)
            return membership?.entries.contains { CgroupPath.ofContainer(id, in: $0.path) != nil } ?? false
        }
    }

    /// Whether a process is, or was, in this cgroup or below it; `nil` where what the kernel reported is not enough.
    mutating func contains(_ whereabouts: Whereabouts) -> Bool? {
        if tree.isUnified, let id = whereabouts.cgroup {
            if !ids.contains(id) { noteIDs() }
            if !ids.isEmpty { return ids.contains(id) }
        }
        guard let path = whereabouts.membership?.path(in: tree) else { return nil }
        // The name of a removed cgroup does not prove whose it was (cgroups(7): "(deleted)").
        return path.hasSuffix(" (deleted)") ? nil : CgroupPath.isInside(path, tree.path)
    }

    /// Records the IDs of all its cgroups: after a cgroup is removed its ID does not lead to it any more.
    private mutating func noteIDs() {
        guard tree.isUnified, let folder else { return }
        for group in folder.withDescendants { if let id = group.id { ids.insert(id) } }
    }
}
