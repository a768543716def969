// SPDX-License-Identifier: Apache-2.0

import Linux
import Testing

@testable import Cgroups

@Suite("Hierarchy")
struct HierarchyTests {
    @Test("a cgroup at the root is the unified tree")
    func unified() throws {
        let root = try FileTree(["cgroup.procs": "", "system.slice/cgroup.procs": ""])
        #expect(try Hierarchy.detect(root: root.path) == .unified)
    }

    @Test("version 1 trees with a unified one beside them are hybrid")
    func hybrid() throws {
        let root = try FileTree(["unified/cgroup.procs": "", "systemd/cgroup.procs": "", "memory/cgroup.procs": ""])
        #expect(try Hierarchy.detect(root: root.path) == .hybrid)
    }

    @Test("version 1 trees alone are legacy, with and without systemd's", arguments: ["systemd", "memory"])
    func legacy(name: String) throws {
        let root = try FileTree(["\(name)/cgroup.procs": ""])
        #expect(try Hierarchy.detect(root: root.path) == .legacy)
    }

    @Test("an empty folder, or none, is an error that names it")
    func nothing() throws {
        let root = try FileTree(["memory/readme": ""])
        #expect(throws: CgroupError.notMounted(root: root.path)) { try Hierarchy.detect(root: root.path) }
        #expect(throws: CgroupError.notMounted(root: "/nowhere")) { try Hierarchy.detect(root: "/nowhere") }
    }

    @Test("joint controllers are found under their joint name, in either order, or under one of theirs")
    func joint() throws {
        let entry = Membership.Entry(controllers: ["cpu", "cpuacct"], path: "/")
        let joint = try FileTree(["systemd/cgroup.procs": "", "cpu,cpuacct/cgroup.procs": ""])
        #expect(try Mounts(root: joint.path).folder(of: entry) == "\(joint.path)/cpu,cpuacct")
        let linked = try FileTree(["systemd/cgroup.procs": "", "cpuacct/cgroup.procs": ""])
        #expect(try Mounts(root: linked.path).folder(of: entry) == "\(linked.path)/cpuacct")
    }

    @Test("version 1 lines mean nothing where only version 2 is mounted, and the other way round")
    func foreign() throws {
        let systemd = Membership.Entry(controllers: ["name=systemd"], path: "/")
        let version2 = Membership.Entry(controllers: [], path: "/")
        let unified = try FileTree(["cgroup.procs": ""])
        #expect(try Mounts(root: unified.path).folder(of: systemd) == nil)
        #expect(try Mounts(root: unified.path).folder(of: version2) == unified.path)
        let legacy = try FileTree(["systemd/cgroup.procs": ""])
        #expect(try Mounts(root: legacy.path).folder(of: systemd) == "\(legacy.path)/systemd")
        #expect(try Mounts(root: legacy.path).folder(of: version2) == nil)
    }

    @Test("this machine has cgroups")
    func machine() throws {
        #expect(!Kernel.versions.isEmpty)
    }
}
