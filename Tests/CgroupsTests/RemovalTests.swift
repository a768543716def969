// SPDX-License-Identifier: Apache-2.0

import Linux
import Testing

@testable import Cgroups

@Suite("Removal")
struct RemovalTests {
    @Test("the container's cgroups go, with those below them, and once more is fine", arguments: Kernel.versions)
    func container(version: Kernel.Version) throws {
        let kernel = try Kernel(version)
        let unit = try kernel.unitGroup()
        for place in unit.places {
            try Files.makeFolder(place.container(Kernel.id).path)
            for name in ["a", "a/b", "c"] { try Files.makeFolder("\(place.container(Kernel.id).path)/\(name)") }
        }
        try unit.removeGroups(ofContainer: Kernel.id)
        for place in unit.places {
            #expect(!place.container(Kernel.id).exists)
            #expect(place.group.exists)
        }
        try unit.removeGroups(ofContainer: Kernel.id)
    }

    @Test("a process that outlived the container keeps them, and is an error")
    func busy() throws {
        let kernel = try Kernel(.unified)
        let container = try kernel.container("read line")
        let unit = try kernel.unitGroup()
        _ = try unit.migrate(container: container.id, id: Kernel.id, controllers: .all)
        let error = #expect(throws: CgroupError.self) { try unit.removeGroups(ofContainer: Kernel.id) }
        #expect(
            error?.description
                == "removing the container's cgroup: rmdir \(kernel.unitFolder())/\(Kernel.id): Device or resource busy"
        )
    }

    @Test("what Docker leaves in trees that systemd does not manage goes, and what was there before stays")
    func leftovers() throws {
        let root = try FileTree([
            "systemd/cgroup.procs": "", "freezer/cgroup.procs": "", "cpuset/cgroup.procs": "",
            "cpuset/system.slice/cgroup.procs": "",
        ])
        let membership = Membership(
            parsing: "3:cpuset:/\n2:freezer:/\n1:name=systemd:/system.slice/web.service\n0::/\n")
        let unit = try UnitGroup(unit: "web.service", membership: membership, root: root.path)
        let leftovers = LeftoverCgroups(before: unit, membership: membership)
        #expect(
            leftovers.folders == [
                "\(root.path)/cpuset/system.slice/web.service", "\(root.path)/freezer/system.slice/web.service",
                "\(root.path)/freezer/system.slice",
            ])
        for folder in leftovers.folders.reversed() { try Files.makeFolder(folder) }
        try Files.makeFolder("\(root.path)/freezer/system.slice/web.service/\(Kernel.id)")
        try Files.makeFolder("\(root.path)/freezer/system.slice/other.service")

        let kept = LeftoverCgroups(folders: leftovers.folders)
        try kept.remove(container: Kernel.id)
        #expect(!Files.exists("\(root.path)/cpuset/system.slice/web.service"))
        #expect(Files.exists("\(root.path)/cpuset/system.slice"))
        #expect(!Files.exists("\(root.path)/freezer/system.slice/web.service"))
        #expect(Files.exists("\(root.path)/freezer/system.slice/other.service"))
        try kept.remove(container: Kernel.id)
    }

    @Test("on version 2 there are none")
    func unified() throws {
        let kernel = try Kernel(.unified)
        #expect(try LeftoverCgroups(before: kernel.unitGroup()).folders.isEmpty)
    }
}
