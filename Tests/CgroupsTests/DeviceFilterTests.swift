// SPDX-License-Identifier: Apache-2.0

import CLinux
import CTestLinux
import Glibc
import Linux
import Testing

@testable import Cgroups

@Suite("Device filter")
struct DeviceFilterTests {
    /// Attaches a real program that refuses every device, or allows every one.
    private static func attach(_ answer: Int32, to path: String, flags: UInt32 = BPF_F_ALLOW_MULTI) throws {
        let folder = Descriptor(owning: try system("open", on: path) { open(path, O_RDONLY | O_DIRECTORY) })
        let program = Descriptor(owning: try system("bpf", on: "program") { CTestLinux_load_device_program(answer) })
        try system("bpf", on: path) { CLinux_attach_device_program(folder.rawValue, program.rawValue, flags) }
    }

    /// Tries a device node at each line it gets.
    private static let probe = "while read line; do if (exec 3</dev/zero) 2>&1; then echo opened; fi; done"

    private static func opens(_ child: Shell) throws -> Bool {
        try child.send("try")
        return try child.line() == "opened"
    }

    @Test("a container that is merely moved escapes its filter: what this suite guards against")
    func naive() throws {
        let kernel = try Kernel(.unified)
        let container = try kernel.container(Self.probe)
        #expect(try Self.opens(container))
        try Self.attach(0, to: kernel.dockerFolder())
        #expect(try !Self.opens(container))
        try Group(path: kernel.unitFolder()).admit(container.id)
        #expect(try Self.opens(container))
    }

    @Test(
        "the filter holds after the move, also when it hangs on a cgroup above or below Docker's",
        arguments: ["", "/.."])
    func carried(place: String) throws {
        let kernel = try Kernel(.unified)
        let container = try kernel.container(Self.probe)
        if place.isEmpty {
            try Self.attach(0, to: kernel.dockerFolder())
        } else {
            // A slice of its own that the unit is not in.
            let slice = "\(kernel.dockerFolder())/../machine.slice"
            try Files.makeFolder(slice)
            try Files.makeFolder("\(slice)/\(Kernel.id)")
            try Self.attach(0, to: slice)
            try Group(path: "\(slice)/\(Kernel.id)").admit(container.id)
        }
        _ = try kernel.unitGroup().migrate(container: container.id, id: Kernel.id, controllers: .all)
        #expect(try kernel.place(of: container.id) == "/probe.service/\(Kernel.id)")
        #expect(try !Self.opens(container))
    }

    @Test("several programs are all brought along, and one that holds at both places is not attached again")
    func several() throws {
        let kernel = try Kernel(.unified)
        let container = try kernel.container(Self.probe)
        try Self.attach(1, to: "\(kernel.dockerFolder())/..")
        try Self.attach(1, to: kernel.dockerFolder())
        try Self.attach(0, to: kernel.dockerFolder())
        try Self.attach(1, to: kernel.unitFolder())
        let wanted = try DeviceFilter.programs(effectiveAt: Group(path: kernel.dockerFolder()))
        let before = try DeviceFilter.programs(effectiveAt: Group(path: kernel.unitFolder()))
        _ = try kernel.unitGroup().migrate(container: container.id, id: Kernel.id, controllers: .all)
        let after = try DeviceFilter.programs(effectiveAt: Group(path: "\(kernel.unitFolder())/\(Kernel.id)"))
        #expect(Set(after) == Set(wanted).union(before))
        #expect(after.count == Set(after).count)
        #expect(try !Self.opens(container))
        #expect(try DeviceFilter.programs(effectiveAt: Group(path: kernel.unitFolder())) == before)
    }

    @Test("where the kernel refuses the program the container stays, inside its filter")
    func refused() throws {
        let kernel = try Kernel(.unified)
        let container = try kernel.container(Self.probe)
        try Self.attach(0, to: kernel.dockerFolder())
        // Without flags: no cgroup below may have another.
        try Self.attach(1, to: kernel.unitFolder(), flags: 0)
        let unit = try kernel.unitGroup()
        let target = "\(kernel.unitFolder())/\(Kernel.id)"
        let reason = "bpf(BPF_PROG_ATTACH) \(target): Operation not permitted"
        #expect(throws: CgroupError.deviceFilter(group: target, reason: reason)) {
            try unit.migrate(container: container.id, id: Kernel.id, controllers: .all)
        }
        #expect(try kernel.place(of: container.id) == "/docker-\(Kernel.id).scope")
        #expect(try !Self.opens(container))
        #expect(!Files.exists(target))
    }

    @Test("a program of the unit's that would no longer hold is an error, too")
    func overridden() throws {
        let kernel = try Kernel(.unified)
        let container = try kernel.container(Self.probe)
        try Self.attach(0, to: kernel.dockerFolder())
        try Self.attach(1, to: kernel.unitFolder(), flags: UInt32(BPF_F_ALLOW_OVERRIDE))
        let unit = try kernel.unitGroup()
        #expect(throws: CgroupError.self) {
            try unit.migrate(container: container.id, id: Kernel.id, controllers: .all)
        }
        #expect(try kernel.place(of: container.id) == "/docker-\(Kernel.id).scope")
    }

    @Test("more programs than a cgroup may have of its own are all listed")
    func many() throws {
        let kernel = try Kernel(.unified)
        for _ in 0..<50 { try Self.attach(1, to: "\(kernel.dockerFolder())/..") }
        for _ in 0..<30 { try Self.attach(1, to: kernel.dockerFolder()) }
        let programs = try DeviceFilter.programs(effectiveAt: Group(path: kernel.dockerFolder()))
        #expect(Set(programs).count >= 80)
    }

    @Test("only a process in a user namespace of its own can do without")
    func userNamespace() throws {
        let proc = try FileTree([
            "1/uid_map": "         0          0 4294967295\n", "2/uid_map": "         0       1000          1\n",
        ])
        #expect(!DeviceFilter.isNeedless(for: 1, proc: proc.path))
        #expect(DeviceFilter.isNeedless(for: 2, proc: proc.path))
        #expect(!DeviceFilter.isNeedless(for: 3, proc: proc.path))
    }
}
