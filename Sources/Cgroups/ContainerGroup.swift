// SPDX-License-Identifier: Apache-2.0

internal import Linux

/// The cgroup that holds all processes of one container, wherever it was placed.
public struct ContainerGroup: Sendable, Equatable {
    private let tree: Membership.Entry

    /// Finds the container's cgroup by its main process, after placement.
    ///
    /// - Parameters:
    ///   - process: The container's PID 1, as this host numbers it.
    ///   - id: The container's full ID.
    ///   - unit: Where it was placed; `nil` outside a unit.
    public init(of process: Int32, id: String, unit: UnitGroup?) throws(CgroupError) {
        try self.init(of: process, id: id, unit: unit, proc: "/proc")
    }

    init(of process: Int32, id: String, unit: UnitGroup?, proc: String) throws(CgroupError) {
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

    /// Whether a process is in the container; one that has ended is not.
    ///
    /// For the sender of a datagram (SCM_CREDENTIALS): it must still run, for a number says nothing of the dead.
    public func contains(process: Int32) -> Bool { contains(process: process, proc: "/proc") }

    func contains(process: Int32, proc: String) -> Bool {
        // Whatever keeps us from asking, an unknown sender is not let in.
        guard process > 0, let membership = try? Membership(of: String(process), proc: proc) else { return false }
        return membership.path(in: tree).map { CgroupPath.isInside($0, tree.path) } ?? false
    }
}
