// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Linux
import Testing

@testable import Cgroups

@Suite("Unit's cgroup")
struct UnitGroupTests {
    private static func group(_ text: String, in root: FileTree) throws -> UnitGroup {
        try UnitGroup(unit: "web.service", membership: Membership(parsing: text), root: root.path)
    }

    private static func delegate(_ path: String, _ name: String, _ value: String) throws {
        let bytes = Array(value.utf8)
        try system("setxattr", on: path) { setxattr(path, name, bytes, bytes.count, 0) }
    }

    @Test("is our own path up to the unit's name", arguments: ["", "/supervisor"])
    func path(below: String) throws {
        let root = try FileTree(["cgroup.procs": ""])
        let unit = try Self.group("0::/system.slice/web.service\(below)\n", in: root)
        #expect(unit.path == "/system.slice/web.service")
        #expect(unit.hierarchy == .unified)
        #expect(unit.places.map(\.group.path) == ["\(root.path)/system.slice/web.service"])
    }

    @Test("exists in those version 1 trees only in which our path names it")
    func legacy() throws {
        let root = try FileTree([
            "systemd/cgroup.procs": "", "memory/cgroup.procs": "", "freezer/cgroup.procs": "", "pids/cgroup.procs": "",
        ])
        let unit = try Self.group(
            """
            5:pids:/system.slice/web.service
            4:freezer:/
            3:memory:/user.slice
            1:name=systemd:/system.slice/web.service
            0::/
            """, in: root)
        #expect(unit.hierarchy == .legacy)
        #expect(unit.places.map(\.tree.controllers) == [["pids"], ["name=systemd"]])
    }

    @Test("is not where another unit is")
    func elsewhere() throws {
        let root = try FileTree(["cgroup.procs": ""])
        #expect(throws: CgroupError.notInUnit("web.service", found: "/user.slice/session-1.scope")) {
            try Self.group("0::/user.slice/session-1.scope\n", in: root)
        }
    }

    @Test(
        "is delegated when systemd has marked it so",
        arguments: zip(["trusted.delegate", "user.delegate", "user.delegate", "user.other"], ["1", "1", "0", "1"]))
    func delegation(name: String, value: String) throws {
        let kernel = try Kernel(.unified)
        let unit = try kernel.unitGroup()
        #expect(!unit.isDelegated)
        try Self.delegate(kernel.unitFolder(), name, value)
        #expect(unit.isDelegated == (name.hasSuffix("delegate") && value == "1"))
    }

    @Test("is marked on systemd's own tree on version 1", arguments: Kernel.versions.filter { $0 == .legacy })
    func legacyDelegation(version: Kernel.Version) throws {
        let kernel = try Kernel(version)
        let unit = try kernel.unitGroup()
        #expect(!unit.isDelegated)
        try Self.delegate(kernel.unitFolder("name=systemd"), "trusted.delegate", "1")
        #expect(unit.isDelegated)
    }

    @Test("has the controllers that the kernel lists", arguments: zip(["\n", "cpu memory pids\n"], [false, true]))
    func controllers(text: String, has: Bool) throws {
        let root = try FileTree(["cgroup.procs": "", "web.service/cgroup.controllers": text])
        #expect(try Self.group("0::/web.service\n", in: root).hasControllers == has)
    }

    @Test("the supervisor's group is not made without Delegate=, nor where nothing is in the unit's own")
    func noSupervisor() throws {
        let root = try FileTree(["cgroup.procs": "", "web.service/cgroup.procs": "1\n"])
        try Self.group("0::/web.service\n", in: root).enterSupervisorGroup()
        try Self.delegate("\(root.path)/web.service", "trusted.delegate", "1")
        try Files.replace("\(root.path)/web.service/cgroup.procs", with: "")
        try Self.group("0::/web.service/main\n", in: root).enterSupervisorGroup()
        #expect(!Files.exists("\(root.path)/web.service/supervisor"))
    }

    @Test("the supervisor's group takes all that sits in a delegated unit, and nothing else, on the real kernel")
    func supervisor() throws {
        let kernel = try Kernel(.unified)
        let main = try Shell("read line")
        let deeper = try Shell("read line")
        try Files.makeFolder("\(kernel.unitFolder())/.control")
        try Group(path: kernel.unitFolder()).admit(main.id)
        try Group(path: "\(kernel.unitFolder())/.control").admit(deeper.id)
        try kernel.delegate()
        try kernel.unitGroup().enterSupervisorGroup()
        #expect(try kernel.place(of: main.id) == "/probe.service/supervisor")
        #expect(try kernel.place(of: deeper.id) == "/probe.service/.control")
        try kernel.unitGroup().enterSupervisorGroup()
    }

    @Test(
        "counts what was killed in the container for want of memory",
        arguments: [
            ("/system.slice/web.service/\(Kernel.id)/memory.events", "low 0\nhigh 0\nmax 7\noom 3\noom_kill 2\n", 2),
            ("/system.slice/web.service/\(Kernel.id)/memory.events", "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\n", 0),
            ("/system.slice/web.service/memory.events", "oom_kill 2\n", 0),
        ])
    func memoryKills(file: String, text: String, count: Int) throws {
        let root = try FileTree(["cgroup.procs": "", String(file.dropFirst()): text])
        let membership = Membership(parsing: "0::/system.slice/web.service/supervisor\n")
        let unit = try UnitGroup(unit: "web.service", membership: membership, root: root.path)
        #expect(unit.outOfMemoryKills(container: Kernel.id) == count)
    }
}
