// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Linux

/// Moves every process of one cgroup to another, however fast they fork.
struct ProcessMove {
    let from: Group
    let to: Group
    /// Whether cgroups below `from` are emptied, too.
    var withDescendants = true
    /// Cgroups of other trees that each process is brought to first, there by its number alone.
    var companions: [Group] = []
    /// Stops and resumes what is still in `from`: a file and the words for it.
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

    /// Returns when two looks in a row found nobody.
    ///
    /// A child is born where its parent is at that moment, so each look may find children of those moved since the
    /// last one. A process that forks and exits at once can run ahead of us for ever: after a few looks the source is
    /// frozen, which stops those that are still in it and lets go of each that leaves.
    func complete() throws(CgroupError) {
        let clock = ContinuousClock()
        let deadline = clock.now + timeout
        var looks = 0
        var emptyLooks = 0
        var isFrozen = false
        defer {
            // Gone with its last process, or the daemon's to thaw; on version 2 those who left run already.
            if isFrozen, let freezer { try? freezer.group.set(freezer.file, to: freezer.thaw) }
        }
        while true {
            let processes = withDescendants ? try from.allProcesses() : try from.processes()
            if processes.isEmpty {
                emptyLooks += 1
                if emptyLooks == 2 { return }
                continue
            }
            emptyLooks = 0
            looks += 1
            if looks == 4, let freezer {
                // If it will not freeze we still have the time that is left.
                isFrozen = (try? freezer.group.set(freezer.file, to: freezer.freeze)) != nil
            }
            for process in processes {
                // The companions first: whoever is still in `from` is sure to be looked at once more.
                for companion in companions { try companion.admit(process) }
                try to.admit(process)
            }
            if clock.now > deadline { throw .notEmptied(group: from.path) }
            // Those that are exiting cannot be moved, only waited for.
            if looks > 4 { sched_yield() }
        }
    }
}
