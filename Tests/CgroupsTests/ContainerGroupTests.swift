// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Testing

@testable import Cgroups

@Suite("Container's cgroup")
struct ContainerGroupTests {
    private static let id = Kernel.id

    private static func unit() throws -> (UnitGroup, FileTree) {
        let root = try FileTree(["cgroup.procs": ""])
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
        let proc = try FileTree(["7/cgroup": text])
        let (unit, _) = try Self.unit()
        #expect(try ContainerGroup(of: 7, id: Self.id, unit: unit, proc: proc.path, root: proc.path).path == path)
    }

    @Test("is never the unit's own, nor a tree's root: the supervisor's processes are not the container's")
    func foreign() throws {
        let proc = try FileTree(["7/cgroup": "9:name=systemd:/\n0::/system.slice/web.service\n"])
        let (unit, _) = try Self.unit()
        #expect(throws: CgroupError.self) {
            try ContainerGroup(of: 7, id: Self.id, unit: unit, proc: proc.path, root: proc.path)
        }
    }

    @Test("contains the processes in it and below it, and no others; where the kernel does not report enough it is nil")
    func contains() throws {
        let proc = try FileTree(["7/cgroup": "0::/system.slice/web.service/\(Self.id)\n"])
        let (unit, _) = try Self.unit()
        var groups = ContainerGroups()
        func contain(_ path: String?, cgroup: UInt64? = nil) -> Bool? {
            groups.contain(
                Whereabouts(cgroup: cgroup, membership: path.map { Membership(parsing: "0::/system.slice/\($0)\n") }))
        }
        #expect(contain("web.service/\(Self.id)") == nil)
        groups.add(try ContainerGroup(of: 7, id: Self.id, unit: unit, proc: proc.path, root: proc.path))
        #expect(contain("web.service/\(Self.id)") == true)
        #expect(contain("web.service/\(Self.id)/deeper") == true)
        #expect(contain("web.service/\(Self.id)2") == false)
        #expect(contain("web.service/supervisor") == false)
        #expect(contain("../docker/\(Self.id)") == false)
        #expect(contain("web.service/\(Self.id) (deleted)") == nil)
        #expect(contain(nil) == nil)
        // There is no such tree here to compare it with.
        #expect(contain(nil, cgroup: 1) == nil)
    }

    /// How the sender of a message is when we get to it.
    enum Fate: CaseIterable { case running, ended, reaped }

    @Test("a sender is told from others, dead or alive", arguments: Kernel.versions, Fate.allCases)
    func senders(version: Kernel.Version, fate: Fate) throws {
        let kernel = try Kernel(version)
        let unit = try kernel.unitGroup()
        let folder = try TemporaryFolder()
        let socket = try UnixSocket.datagram(at: folder["notify"])
        let perl = """
            perl -MSocket -e 'socket(S, AF_UNIX, SOCK_DGRAM, 0); send(S, $ARGV[0], 0, pack_sockaddr_un($ARGV[1])); \
            <STDIN>' "$message" \(folder["notify"])
            """
        let (live, isOver) = (fate == .running, fate == .reaped)
        /// Sends from a shell's child, which is waited for unless the shell is another program by then.
        func script(_ message: String) -> String {
            "message=\(message); "
                + (live ? perl : isOver ? "\(perl) </dev/null" : "\(perl) </dev/null & exec perl -e 'sleep 1000'")
        }
        func whereabouts(_ message: String) throws -> Whereabouts {
            #expect(try socket.waitUntilReadable(within: .seconds(10)))
            let datagram = try socket.receive(upTo: 100)
            #expect(datagram.bytes == Array(message.utf8))
            let wanted: Sender.State = live ? .running : isOver ? .reaped : .ended
            while datagram.sender.state != wanted { sched_yield() }
            return Whereabouts(of: datagram.sender)
        }
        let stranger = try Shell(script("outside"))
        let outside = try whereabouts("outside")
        let container = try kernel.container("\(script("inside"))\nread line")
        // It has sent, and may have ended, before its cgroup is looked up.
        let early = try whereabouts("inside")
        /// What older kernels do not tell, and version 1 never does, is not said; it is never said wrong.
        func expect(_ verdict: Bool?, _ wanted: Bool, _ place: String) {
            let isTold = live || version == .unified && (!isOver || early.cgroup != nil)
            #expect(verdict == (isTold ? wanted : nil), "\(place)")
        }
        var groups = ContainerGroups()
        #expect(groups.contain(early) == nil)
        groups.add(try ContainerGroup(of: container.id, id: Kernel.id, unit: unit))
        expect(groups.contain(early), true, "where Docker put it")
        expect(groups.contain(outside), false, "outside")
        _ = try unit.migrate(container: container.id, id: Kernel.id, controllers: .all)
        groups.add(try ContainerGroup(of: container.id, id: Kernel.id, unit: unit))
        expect(groups.contain(early), true, "where it was")
        expect(groups.contain(outside), false, "outside, after the move")
        withExtendedLifetime((stranger, container)) {}
    }

    @Test("a container's processes are found where Docker put them and where we did")
    func processes() throws {
        let proc = try FileTree([
            "1/cgroup": "0::/\n",
            "7/cgroup": "0::/system.slice/docker-\(Self.id).scope\n",
            "8/cgroup": "4:memory:/docker/\(Self.id)\n0::/\n",
            "9/cgroup": "0::/system.slice/web.service/\(Self.id)\n",
            "self/cgroup": "0::/system.slice/docker-\(Self.id).scope\n",
        ])
        #expect(ContainerGroup.processes(ofContainer: Self.id, proc: proc.path).sorted() == [7, 8, 9])
    }
}
