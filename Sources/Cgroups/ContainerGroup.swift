// SPDX-License-Identifier: Apache-2.0

public import Linux

/// The cgroup that holds all processes of one container, wherever it was placed.
public struct ContainerGroup: Sendable, Equatable {
    private let tree: Membership.Entry
    /// Where it is mounted; `nil` where it is not.
    private let folder: Group?
    /// The IDs of its version 2 cgroup and of those below it, as far as they were ever seen.
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
        // Trees that tell nobody apart have everything at `/`. Version 2 first, then systemd's: always kept current.
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

    /// The processes that are in a container's own cgroup, wherever Docker made that or we did.
    ///
    /// - Parameter id: The container's full ID.
    public static func processes(ofContainer id: String) -> [Int32] { processes(ofContainer: id, proc: "/proc") }

    static func processes(ofContainer id: String, proc: String) -> [Int32] {
        let names = (try? Files.names(in: proc)) ?? []
        return names.compactMap { Int32($0) }.filter { process in
            // A process that ends meanwhile is in no cgroup.
            let membership = try? Membership(of: String(process), proc: proc)
            return membership?.entries.contains { CgroupPath.ofContainer(id, in: $0.path) != nil } ?? false
        }
    }

    /// Whether a process is, or was, in this cgroup or below it; `nil` where the kernel has not told enough.
    mutating func contains(_ whereabouts: Whereabouts) -> Bool? {
        if tree.isUnified, let id = whereabouts.cgroup {
            if !ids.contains(id) { noteIDs() }
            if !ids.isEmpty { return ids.contains(id) }
        }
        guard let path = whereabouts.membership?.path(in: tree) else { return nil }
        // Whose a removed cgroup was, its name does not prove (cgroups(7): "(deleted)").
        return path.hasSuffix(" (deleted)") ? nil : CgroupPath.isInside(path, tree.path)
    }

    /// Takes down the IDs of all its cgroups: once a cgroup is removed, nobody can tell any more whose it was.
    private mutating func noteIDs() {
        guard tree.isUnified, let folder else { return }
        for group in folder.withDescendants { if let id = group.id { ids.insert(id) } }
    }
}

/// Where the kernel says that a process is, or was when it ended.
public struct Whereabouts: Sendable, Equatable {
    /// The ID of its version 2 cgroup.
    let cgroup: UInt64?
    /// Its cgroups by name; `nil` once its number may be another process's.
    let membership: Membership?

    /// Asks the kernel about who has sent a datagram.
    ///
    /// To be asked soon: of a process that was reaped, older kernels tell nothing (``Linux/Sender/cgroup``).
    ///
    /// - Parameter sender: The sender.
    public init(of sender: borrowing Sender) {
        let found = sender.process > 0 ? try? Membership(of: sender.process) : nil
        // Version 1 shows a process that ends at the root of each tree (cgroups(7)), before it is a zombie.
        let isEnding = UnitGroup.hasEnded(sender.process, proc: "/proc")
        // Asked after all that was read, so that what was read is about this process.
        switch sender.state {
        case .running where !isEnding: self.init(cgroup: sender.cgroup, membership: found)
        case .running, .ended: self.init(cgroup: sender.cgroup, membership: found?.unifiedOnly)
        case .reaped: self.init(cgroup: sender.cgroup, membership: nil)
        }
    }

    init(cgroup: UInt64?, membership: Membership?) {
        self.cgroup = cgroup
        self.membership = membership
    }
}

/// The cgroups that a container is in, and was in: it may have sent a message before it was moved into its unit.
public struct ContainerGroups: Sendable {
    /// One where Docker made it and one in the unit, before and after the container was restarted last.
    private static let most = 4
    private var groups: [ContainerGroup] = []

    /// None yet.
    public init() {}

    /// Adds one, in which all processes are the container's.
    ///
    /// - Parameter group: The cgroup, as long as it is there.
    public mutating func add(_ group: ContainerGroup) { groups = (groups + [group]).suffix(Self.most) }

    /// Whether a process is, or was, in the container.
    ///
    /// - Parameter whereabouts: What the kernel told of the process.
    /// - Returns: `nil` where the kernel has not told enough to say either.
    public mutating func contain(_ whereabouts: Whereabouts) -> Bool? {
        var isOutside = !groups.isEmpty
        for index in groups.indices {
            switch groups[index].contains(whereabouts) {
            case true?: return true
            case false?: break
            case nil: isOutside = false
            }
        }
        return isOutside ? false : nil
    }
}
