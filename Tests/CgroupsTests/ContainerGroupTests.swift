// SPDX-License-Identifier: Apache-2.0

import Linux
import Testing

@testable import Cgroups

@Suite("Container's cgroup")
struct ContainerGroupTests {
    private static let id = Kernel.id

    private static func unit() throws -> (UnitGroup, Folder) {
        let root = try Folder(["cgroup.procs": ""])
        let membership = Membership(parsing: "0::/system.slice/web.service/supervisor\n")
        return (try UnitGroup(unit: "web.service", membership: membership, root: root.path), root)
    }

    @Test(
        "is found wherever the container was placed",
        arguments: zip(
            [
                "0::/system.slice/web.service/\(id)\n",
                "0::/system.slice/web.service/\(id)/init.scope\n",
                "0::/system.slice/docker-\(id).scope/init.scope\n",
                "9:name=systemd:/docker/\(id)\n0::/\n",
                "4:memory:/docker/\(id)\n9:name=systemd:/system.slice/web.service\n0::/system.slice/web.service\n",
            ],
            [
                "/system.slice/web.service/\(id)", "/system.slice/web.service/\(id)",
                "/system.slice/docker-\(id).scope", "/docker/\(id)", "/docker/\(id)",
            ]))
    func place(text: String, path: String) throws {
        let proc = try Folder(["7/cgroup": text])
        let (unit, _) = try Self.unit()
        #expect(try ContainerGroup(of: 7, id: Self.id, unit: unit, proc: proc.path).path == path)
    }

    @Test("is never the unit's own, nor a tree's root: the supervisor's processes are not the container's")
    func foreign() throws {
        let proc = try Folder(["7/cgroup": "9:name=systemd:/\n0::/system.slice/web.service\n"])
        let (unit, _) = try Self.unit()
        #expect(throws: CgroupError.self) {
            try ContainerGroup(of: 7, id: Self.id, unit: unit, proc: proc.path)
        }
    }

    @Test("contains those in it and below it, and nobody else")
    func contains() throws {
        let proc = try Folder([
            "1/cgroup": "0::/\n",
            "7/cgroup": "0::/system.slice/web.service/\(Self.id)\n",
            "8/cgroup": "0::/system.slice/web.service/\(Self.id)/deeper\n",
            "9/cgroup": "0::/system.slice/web.service/\(Self.id)2\n",
            "10/cgroup": "0::/system.slice/web.service/supervisor\n",
        ])
        let (unit, _) = try Self.unit()
        let group = try ContainerGroup(of: 7, id: Self.id, unit: unit, proc: proc.path)
        let inside = [0, -1, 1, 7, 8, 9, 10, 11].filter { group.contains(process: $0, proc: proc.path) }
        #expect(inside == [7, 8])
    }

    @Test("tells a real container's processes from ours", arguments: Kernel.versions)
    func real(version: Kernel.Version) throws {
        let kernel = try Kernel(version)
        let unit = try kernel.unitGroup()
        let container = try kernel.container("read line")
        let outside = try Child("read line")
        for _ in 0..<2 {
            let group = try ContainerGroup(of: container.id, id: Kernel.id, unit: unit)
            #expect(group.contains(process: container.id))
            #expect(!group.contains(process: outside.id))
            _ = try unit.migrate(container: container.id, id: Kernel.id, controllers: .all)
        }
    }

    @Test("a container's processes are found where Docker put them and where we did")
    func processes() throws {
        let proc = try Folder([
            "1/cgroup": "0::/\n",
            "7/cgroup": "0::/system.slice/docker-\(Self.id).scope\n",
            "8/cgroup": "4:memory:/docker/\(Self.id)\n0::/\n",
            "9/cgroup": "0::/system.slice/web.service/\(Self.id)\n",
            "self/cgroup": "0::/system.slice/docker-\(Self.id).scope\n",
        ])
        #expect(ContainerGroup.processes(ofContainer: Self.id, proc: proc.path).sorted() == [7, 8, 9])
    }
}
