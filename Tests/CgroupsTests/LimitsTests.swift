// SPDX-License-Identifier: Apache-2.0

import Linux
import Testing

@testable import Cgroups

@Suite("Limits")
struct LimitsTests {
    /// Carries limits between folders with the kernel's text in them.
    private static func carry(
        _ limits: [Limit] = Limit.unified, from source: [String: String], to target: [String: String] = [:],
        unit: [String: String] = [:], isDelegated: Bool = true
    ) throws -> (lost: [LostLimit], target: FileTree) {
        let source = try FileTree(source)
        let target = try FileTree(target)
        let unit = try FileTree(unit)
        let lost = Limit.carryAll(
            limits, from: Group(path: source.path), to: Group(path: target.path), unit: Group(path: unit.path),
            isDelegated: isDelegated)
        return (lost, target)
    }

    private static let docker = [
        "cpu.weight": "20\n", "cpu.max": "50000 100000\n", "cpu.idle": "0\n", "cpuset.cpus": "0-1\n",
        "memory.max": "67108864\n", "memory.swap.max": "67108864\n", "memory.high": "max\n", "memory.low": "1048576\n",
        "memory.oom.group": "0\n", "pids.max": "50\n", "io.max": "8:0 rbps=1048576 wbps=max riops=max wiops=max\n",
        "hugetlb.2MB.max": "4194304\n",
    ]

    @Test("what docker run set is set in the new place")
    func carried() throws {
        let fresh = [
            "cpu.weight": "", "cpu.max": "", "cpu.idle": "0\n", "cpuset.cpus": "", "memory.max": "",
            "memory.swap.max": "", "memory.high": "max\n", "memory.low": "", "memory.oom.group": "0\n", "pids.max": "",
            "io.max": "", "hugetlb.2MB.max": "",
        ]
        let (lost, target) = try Self.carry(from: Self.docker, to: fresh)
        #expect(lost.isEmpty)
        for (name, value) in Self.docker {
            #expect(try target.text(name).split(separator: "\n") == value.split(separator: "\n"), "\(name)")
        }
    }

    @Test("without controllers each limit that was set is named, with its value, and nothing else")
    func lost() throws {
        let (lost, _) = try Self.carry(from: Self.docker, isDelegated: false)
        #expect(
            lost.map(\.description) == [
                "cpuset.cpus=0-1", "cpu.weight=20", "cpu.max=50000 100000", "memory.low=1048576", "memory.max=67108864",
                "memory.swap.max=67108864", "pids.max=50", "io.max=8:0 rbps=1048576 wbps=max riops=max wiops=max",
                "hugetlb.2MB.max=4194304",
            ])
        #expect(lost.allSatisfy { $0.reason == .notDelegated })
    }

    @Test("a cap is not lost where the unit has the same or a lower one")
    func heldByUnit() throws {
        let source = ["pids.max": "4915\n", "memory.max": "1000\n", "memory.high": "5\n"]
        let (lost, _) = try Self.carry(
            from: source, unit: ["pids.max": "4915\n", "memory.max": "max\n", "memory.high": "4\n"], isDelegated: false)
        #expect(lost.map(\.name) == ["memory.max"])
    }

    @Test("a controller that a delegated unit lacks is named as the reason")
    func missing() throws {
        let (lost, _) = try Self.carry(from: ["memory.max": "1\n"])
        #expect(lost.map(\.description) == ["memory.max=1 (the unit has no such controller)"])
    }

    @Test("the weight of an idle cgroup reads 0 and is left alone")
    func idle() throws {
        let (lost, target) = try Self.carry(
            from: ["cpu.weight": "0\n", "cpu.idle": "1\n"], to: ["cpu.weight": "100\n", "cpu.idle": ""])
        #expect(lost.isEmpty)
        #expect(try target.text("cpu.weight") == "100\n")
        #expect(try target.text("cpu.idle") == "1")
    }

    @Test("version 1's oom_control is read as three lines and written as a number")
    func oomControl() throws {
        let (lost, target) = try Self.carry(
            Limit.legacy, from: ["memory.oom_control": "oom_kill_disable 1\nunder_oom 0\noom_kill 0\n"],
            to: ["memory.oom_control": ""])
        #expect(lost.isEmpty)
        #expect(try target.text("memory.oom_control") == "1")
    }

    @Test("cpuset comes first, and the memory limit before the one with swap")
    func order() throws {
        for table in [Limit.unified, Limit.legacy] {
            #expect(table.prefix(2).map(\.name) == ["cpuset.cpus", "cpuset.mems"])
            #expect(Set(table.map(\.name)).count == table.count)
        }
        let names = Limit.legacy.map(\.name)
        let memory = try #require(names.firstIndex(of: "memory.limit_in_bytes"))
        let swap = try #require(names.firstIndex(of: "memory.memsw.limit_in_bytes"))
        #expect(memory < swap)
    }

    /// A limit that a test sets.
    private struct Sample {
        let controller: String
        let file: String
        let value: String

        init(_ controller: String, _ file: String, _ value: String) {
            self.controller = controller
            self.file = file
            self.value = value
        }
    }

    /// Of each version 2 controller, as few machines have all of them to give.
    private static let samples = [
        Sample("memory", "memory.max", "67108864"), Sample("memory", "memory.low", "1048576"),
        Sample("pids", "pids.max", "77"), Sample("cpu", "cpu.weight", "50"), Sample("cpu", "cpu.max", "50000 100000"),
        Sample("cpuset", "cpuset.cpus", "0"), Sample("io", "io.weight", "default 50"),
        Sample("hugetlb", "hugetlb.2MB.max", "4194304"),
    ]

    @Test(
        "version 2 limits follow the container into a delegated unit, and are named without Delegate=", .serialized,
        arguments: [true, false])
    func unified(isDelegated: Bool) throws {
        let controllers = try Controllers()
        let kernel = try Kernel(.unified)
        let docker = Group(path: kernel.dockerFolder())
        try controllers.enable(in: "\(kernel.unitFolder())/..")
        let given = Self.samples.filter { docker.has($0.file) }
        for sample in given { try docker.set(sample.file, to: sample.value) }
        if isDelegated { try kernel.delegate() }
        let container = try kernel.container("read line")
        let migration = try kernel.unitGroup().migrate(container: container.id, id: Kernel.id, controllers: .all)
        if isDelegated {
            #expect(migration.lostLimits == [])
            #expect(!migration.needsDelegation)
            let target = Group(path: "\(kernel.unitFolder())/\(Kernel.id)")
            for sample in given { #expect(target.value(sample.file) == sample.value, "\(sample.file)") }
        } else {
            #expect(Set(migration.lostLimits.map(\.name)) == Set(given.map(\.file)))
            #expect(migration.needsDelegation == !given.isEmpty)
            #expect(Group(path: kernel.unitFolder()).value("cgroup.subtree_control") == "")
        }
        #expect(try kernel.place(of: container.id) == "/probe.service/\(Kernel.id)")
    }

    private static let legacySamples = [
        Sample("memory", "memory.limit_in_bytes", "67108864"),
        Sample("memory", "memory.memsw.limit_in_bytes", "134217728"),
        Sample("memory", "memory.soft_limit_in_bytes", "33554432"), Sample("memory", "memory.swappiness", "10"),
        Sample("memory", "memory.oom_control", "1"), Sample("pids", "pids.max", "77"),
        Sample("cpu", "cpu.shares", "512"), Sample("cpu", "cpu.cfs_period_us", "50000"),
        Sample("cpu", "cpu.cfs_quota_us", "25000"), Sample("cpuset", "cpuset.cpus", "0"),
    ]

    @Test("version 1 limits follow the container", arguments: Kernel.versions.filter { $0 == .legacy })
    func legacy(version: Kernel.Version) throws {
        let kernel = try Kernel(version)
        let given = Self.legacySamples.filter { sample in
            kernel.has(sample.controller) && Group(path: kernel.dockerFolder(sample.controller)).has(sample.file)
        }
        for sample in given {
            try Group(path: kernel.dockerFolder(sample.controller)).set(sample.file, to: sample.value)
        }
        let container = try kernel.container("read line")
        let migration = try kernel.unitGroup().migrate(container: container.id, id: Kernel.id, controllers: .all)
        #expect(migration.lostLimits == [])
        for sample in given {
            let folder = "\(kernel.unitFolder(sample.controller))/\(Kernel.id)"
            let shown = Group(path: folder).value(sample.file)?.split(separator: "\n").first?.split(separator: " ").last
            #expect(shown.map(String.init) == sample.value, "\(sample.file)")
        }
    }
}

@Suite("Limits in trees that systemd leaves")
struct AbandonedLimitsTests {
    @Test(
        "those set in a tree without the unit are named when the scope ends",
        arguments: Kernel.versions.filter { $0 == .legacy })
    func named(version: Kernel.Version) throws {
        let kernel = try Kernel(version)
        try #require(kernel.has("pids"))
        try Group(path: kernel.dockerFolder("pids")).set("pids.max", to: "77")
        let container = try kernel.container("read line")
        let membership = Membership(entries: kernel.membership.entries.filter { $0.controllers == ["name=systemd"] })
        let unit = try UnitGroup(unit: Kernel.unit, membership: membership, root: kernel.root)
        let migration = try unit.migrate(container: container.id, id: Kernel.id, controllers: .all)
        #expect(migration.lostLimits.map(\.description) == ["pids.max=77 (systemd ends the scope that holds it)"])
        #expect(!migration.needsDelegation)
        #expect(try kernel.place(of: container.id, "pids") == "/docker-\(Kernel.id).scope")
    }
}

/// The version 2 controllers of this machine, on at the root of the tree while a test runs.
final class Controllers {
    private let root: Group
    private let added: [String]
    private let all: [String]

    init() throws {
        let mounts = try Mounts(root: "/sys/fs/cgroup")
        let root = Group(path: mounts.hierarchy == .hybrid ? "\(mounts.root)/unified" : mounts.root)
        func names(_ file: String) -> [String] { (root.value(file) ?? "").split(separator: " ").map(String.init) }
        let enabled = names("cgroup.subtree_control")
        self.root = root
        all = names("cgroup.controllers")
        added = all.filter { !enabled.contains($0) }
        for name in added { try root.set("cgroup.subtree_control", to: "+\(name)") }
    }

    func enable(in folder: String) throws {
        for name in all { try Group(path: folder).set("cgroup.subtree_control", to: "+\(name)") }
    }

    deinit {
        // Another's cgroup may use it by now: then it stays on.
        for name in added { try? root.set("cgroup.subtree_control", to: "-\(name)") }
    }
}
