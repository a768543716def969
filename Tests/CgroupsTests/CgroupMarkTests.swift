// SPDX-License-Identifier: Apache-2.0

import Linux
import Testing

@testable import Cgroups

@Suite("Cgroup mark")
struct CgroupMarkTests {
    private static let group = "system.slice/web.service/container"

    @Test("is on the cgroup of the process, the last one that was written, and gone with the cgroup")
    func lifetime() throws {
        let root = try FileTree(["cgroup.procs": "", "\(Self.group)/cgroup.procs": "7\n"])
        let proc = try FileTree(["7/cgroup": "0::/\(Self.group)\n"])
        let mark = try CgroupMark(on: 7, proc: proc.path, root: root.path)
        #expect(try mark.read() == [])
        try mark.write([1, 2, 3])
        try mark.write([4, 0])
        #expect(try CgroupMark(on: 7, proc: proc.path, root: root.path).read() == [4, 0])
        try Files.remove("\(root.path)/\(Self.group)/cgroup.procs")
        try Files.removeFolder("\(root.path)/\(Self.group)")
        #expect(throws: SystemError.self) { try mark.read() }
        #expect(throws: SystemError.self) { try mark.write([1]) }
    }

    @Test("is in the tree that systemd tells services apart by")
    func tree() throws {
        let root = try FileTree([
            "systemd/cgroup.procs": "", "systemd/a/cgroup.procs": "7\n", "memory/b/cgroup.procs": "",
        ])
        let proc = try FileTree(["7/cgroup": "4:memory:/b\n1:name=systemd:/a\n0::/\n"])
        try CgroupMark(on: 7, proc: proc.path, root: root.path).write([1])
        #expect(try CgroupMark(on: 7, proc: proc.path, root: root.path).read() == [1])
    }

    @Test("is nowhere outside our cgroup namespace, and not where there is no such process", arguments: [7, 8])
    func nowhere(process: Int32) throws {
        let root = try FileTree(["cgroup.procs": ""])
        let proc = try FileTree(["7/cgroup": "0::/../other\n"])
        #expect(throws: CgroupError.self) { try CgroupMark(on: process, proc: proc.path, root: root.path) }
    }
}
