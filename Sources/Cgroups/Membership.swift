// SPDX-License-Identifier: Apache-2.0

internal import Linux

/// The cgroups one process is in, one per tree: /proc/PID/cgroup (cgroups(7)).
public struct Membership: Sendable, Equatable {
    /// One line: the tree by its controllers, and the process's place in it.
    public struct Entry: Sendable, Equatable {
        /// The version 1 controllers of the tree, `name=systemd` for the one without; empty for the version 2 tree.
        public let controllers: [String]
        /// The cgroup from the tree's root: `/system.slice/nginx.service`.
        public let path: String

        static let systemd = "name=systemd"

        var isUnified: Bool { controllers.isEmpty }

        /// Whether it is the tree in which systemd tracks services.
        func isTracking(in hierarchy: Hierarchy) -> Bool {
            hierarchy == .unified ? isUnified : controllers == [Self.systemd]
        }
    }

    /// One entry per tree, in the kernel's order.
    public let entries: [Entry]

    /// Reads the text of a /proc/PID/cgroup; a line that is not `NUMBER:CONTROLLERS:PATH` is left out.
    public init(parsing text: String) {
        entries = text.split(separator: "\n").compactMap { line in
            // The path may hold colons of its own: two splits, no more.
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3, fields[2].hasPrefix("/") else { return nil }
            return Entry(controllers: fields[1].split(separator: ",").map(String.init), path: String(fields[2]))
        }
    }

    /// Reads the cgroups of a process; throws ``CgroupError/gone(process:)`` where the number is not in use.
    public init(of process: Int32) throws(CgroupError) { try self.init(of: String(process), proc: "/proc") }

    /// The cgroups of this process.
    public static func ofThisProcess() throws(CgroupError) -> Membership { try Membership(of: "self", proc: "/proc") }

    init(of process: String, proc: String) throws(CgroupError) {
        do throws(SystemError) {
            self.init(parsing: try Files.text("\(proc)/\(process)/cgroup"))
        } catch {
            // ENOENT when it was gone before the open(2), ESRCH when it went before the read(2).
            throw error.isNotFound
                ? .gone(process: process) : CgroupError(error, doing: "finding the cgroup of process \(process)")
        }
    }

    init(entries: [Entry]) { self.entries = entries }

    /// The place in the version 2 tree alone.
    var unifiedOnly: Membership { Membership(entries: entries.filter(\.isUnified)) }

    func path(in tree: Entry) -> String? { entries.first { $0.controllers == tree.controllers }?.path }
}
