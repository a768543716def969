// SPDX-License-Identifier: Apache-2.0

internal import Linux

/// One file of limits.
struct Limit: Sendable, Equatable {
    let name: String
    /// Its text in a new cgroup; `nil` where a new cgroup takes its parent's.
    ///
    /// Nothing is lost where this value cannot be set.
    var initial: String?
    /// Whether it is a maximum: nothing is lost either where the unit itself has the same one or a lower one.
    var isCap = false

    /// Those of version 2 that docker run can set, in an order in which the kernel takes them (cgroup-v2.rst).
    static let unified: [Limit] = [
        Limit(name: "cpuset.cpus", initial: ""),
        Limit(name: "cpuset.mems", initial: ""),
        Limit(name: "cpu.weight", initial: "100"),
        Limit(name: "cpu.idle", initial: "0"),
        Limit(name: "cpu.max", initial: "max 100000"),
        Limit(name: "cpu.max.burst", initial: "0"),
        Limit(name: "memory.min", initial: "0"),
        Limit(name: "memory.low", initial: "0"),
        Limit(name: "memory.high", initial: "max", isCap: true),
        Limit(name: "memory.max", initial: "max", isCap: true),
        Limit(name: "memory.swap.max", initial: "max", isCap: true),
        Limit(name: "memory.oom.group", initial: "0"),
        Limit(name: "pids.max", initial: "max", isCap: true),
        Limit(name: "io.weight", initial: "default 100"),
        Limit(name: "io.bfq.weight", initial: "default 100"),
        Limit(name: "io.max", initial: ""),
    ]

    /// Those of version 1 (cgroup-v1/*.rst).
    ///
    /// `cpuset` comes first: no process may enter before it is set; the memory
    /// limit before memsw, which must never be the smaller one; a period before the quota that is a part of it.
    static let legacy: [Limit] = [
        Limit(name: "cpuset.cpus"),
        Limit(name: "cpuset.mems"),
        Limit(name: "memory.limit_in_bytes", initial: noMemoryLimit),
        Limit(name: "memory.memsw.limit_in_bytes", initial: noMemoryLimit),
        Limit(name: "memory.soft_limit_in_bytes", initial: noMemoryLimit),
        Limit(name: "memory.kmem.tcp.limit_in_bytes", initial: noMemoryLimit),
        Limit(name: "memory.swappiness"),
        Limit(name: oomControl, initial: "0"),
        Limit(name: "cpu.shares", initial: "1024"),
        Limit(name: "cpu.idle", initial: "0"),
        Limit(name: "cpu.cfs_period_us", initial: "100000"),
        Limit(name: "cpu.cfs_quota_us", initial: "-1"),
        Limit(name: "cpu.cfs_burst_us", initial: "0"),
        Limit(name: "cpu.rt_period_us", initial: "1000000"),
        Limit(name: "cpu.rt_runtime_us", initial: "0"),
        Limit(name: "pids.max", initial: "max"),
        Limit(name: "blkio.weight", initial: "500"),
        Limit(name: "blkio.weight_device", initial: ""),
        Limit(name: "blkio.bfq.weight", initial: "100"),
        Limit(name: "blkio.bfq.weight_device", initial: "default 100"),
        Limit(name: "blkio.throttle.read_bps_device", initial: ""),
        Limit(name: "blkio.throttle.write_bps_device", initial: ""),
        Limit(name: "blkio.throttle.read_iops_device", initial: ""),
        Limit(name: "blkio.throttle.write_iops_device", initial: ""),
    ]

    /// What version 1 shows without a limit: the largest number of whole pages of 4 KiB.
    private static let noMemoryLimit = "9223372036854771712"

    private static let oomControl = "memory.oom_control"

    /// The limits of huge pages, one per page size that this machine has.
    static func hugePages(in group: Group) -> [Limit] {
        let names = (try? Files.names(in: group.path)) ?? []  // A source that was removed has no limits.
        return names.filter { name in
            name.hasPrefix("hugetlb.") && (name.hasSuffix(".max") || name.hasSuffix(".limit_in_bytes"))
        }.map { Limit(name: $0, initial: "max", isCap: true) }
    }

    /// What has to be written to get what the file shows.
    private func setting(in group: Group) -> String? {
        guard let text = group.value(name) else { return nil }
        // Shows `oom_kill_disable 1` and two counters, takes the number.
        guard name == Self.oomControl else { return text }
        return text.split(separator: "\n").first?.split(separator: " ").last.map(String.init) ?? text
    }

    /// Sets in `to` what `from` has; returns the limit where that was not possible.
    func carry(from: Group, to: Group, unit: Group, isDelegated: Bool) -> LostLimit? {
        guard let value = setting(in: from) else { return nil }
        // cpu.weight shows 0, and takes no value, while cpu.idle is 1.
        if name == "cpu.weight" && value == "0" { return nil }
        guard let current = setting(in: to) else {
            let isHeldByUnit = isCap && unit.value(name).map { Self.bytes($0) <= Self.bytes(value) } ?? false
            if value == initial || isHeldByUnit { return nil }
            return LostLimit(
                name: name, value: Self.oneLine(value),
                reason: isDelegated ? .refused("the unit has no such controller") : .notDelegated)
        }
        // Each device has a line of its own and needs a write of its own.
        let known = current.split(separator: "\n")
        for line in value.split(separator: "\n") where !known.contains(line) {
            do throws(SystemError) {
                try to.set(name, to: String(line))
            } catch {
                return LostLimit(name: name, value: Self.oneLine(value), reason: .refused(error.reason))
            }
        }
        return nil
    }

    /// All limits of a container, from where Docker set them to its place in the unit; returns those that were lost.
    static func carryAll(_ limits: [Limit], from: Group, to: Group, unit: Group, isDelegated: Bool) -> [LostLimit] {
        (limits + hugePages(in: from)).compactMap {
            $0.carry(from: from, to: to, unit: unit, isDelegated: isDelegated)
        }
    }

    /// The limit as a lost one, if it was set at all.
    func abandoned(in group: Group, because reason: String) -> LostLimit? {
        guard let initial, let value = setting(in: group), value != initial else { return nil }
        return LostLimit(name: name, value: Self.oneLine(value), reason: .refused(reason))
    }

    private static func bytes(_ value: String) -> UInt64 { UInt64(value) ?? .max }

    private static func oneLine(_ value: String) -> String {
        value.split(separator: "\n").joined(separator: ", ")
    }
}
