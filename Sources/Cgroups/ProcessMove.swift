// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Linux

/// Moves all processes of one cgroup to another, however fast they fork.
struct ProcessMove {
    let from: Group
    let to: Group
    /// Whether cgroups below `from` are emptied as well.
    var withDescendants = true
    /// Cgroups of other trees that each process is moved to first; there only its number is known.
    var companions: [Group] = []
    /// What stops and resumes the processes that are still in `from`.
    var freezer: Freezer?
    var timeout: Duration = .seconds(5)

    init(from: Group, to: Group, withDescendants: Bool = true, companions: [Group] = [], freezer: Freezer? = nil) {
        self.from = from
        self.to = to
        self.withDescendants = withDescendants
        self.companions = companions
        self.freezer = freezer
    }

    /// cgroup.freeze of version 2 (Linux 5.2), freezer.state of version 1.
    struct Freezer: Sendable, Equatable {
        let group: Group
        let file: String
        let freeze: String
        let thaw: String

        static func unified(_ group: Group) -> Freezer? {
            group.has("cgroup.freeze") ? Freezer(group: group, file: "cgroup.freeze", freeze: "1", thaw: "0") : nil
        }

        static func legacy(_ group: Group) -> Freezer? {
            group.has("freezer.state")
                ? Freezer(group: group, file: "freezer.state", freeze: "FROZEN", thaw: "THAWED") : nil
        }
    }

    /// Moves them; returns when two lists in a row were empty.
    ///
    /// A child starts in the cgroup that its parent is in at that moment, so each list may have children of processes
    /// that were moved since the last one. Processes that fork and exit at once may never be caught: after a few lists
    /// the source is frozen, which stops those that are still in it; each that leaves is thawed.
    func complete() throws(CgroupError) {
        let clock = ContinuousClock()
        let deadline = clock.now + timeout
        var lists = 0
        var emptyLists = 0
        var isFrozen = false
        defer {
            // It may be removed with its last process; else the daemon would have to thaw it. On version 2 the processes
            // that left run already.
            if isFrozen, let freezer { try? freezer.group.set(freezer.file, to: freezer.thaw) }
        }
        while true {
            let processes = withDescendants ? try from.allProcesses() : try from.processes()
            if processes.isEmpty {
                emptyLists += 1
                if emptyLists == 2 { return }
                continue
            }
            emptyLists = 0
            lists += 1
            if lists == 4, let freezer {
                // Without the freezer it may still succeed in the time that is left.
                isFrozen = (try? freezer.group.set(freezer.file, to: freezer.freeze)) != nil
            }
            for process in processes {
                // The companions first: a process that is still in `from` is listed once more.
                for companion in companions { try companion.admit(process) }
                try to.admit(process)
            }
            if clock.now > deadline { throw .notEmptied(group: from.path) }
            // Processes that are exiting cannot be moved, only waited for.
            if lists > 4 { sched_yield() }
        }
    }
}
