// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Testing

@testable import Cgroups

@Suite("Migration")
struct MigrationTests {
    @Test("every process moves, those of cgroups below Docker's too", arguments: Kernel.versions)
    func everyone(version: Kernel.Version) throws {
        let kernel = try Kernel(version)
        let first = try kernel.container("read line")
        let second = try kernel.container("read line")
        let nested = "\(kernel.dockerFolder("name=systemd"))/nested"
        try Files.makeFolder(nested)
        try Group(path: nested).admit(second.id)
        let unit = try kernel.unitGroup()
        let migration = try unit.migrate(container: first.id, id: Kernel.id, controllers: .all)
        #expect(migration == Migration(lostLimits: [], notMoved: []))
        for child in [first, second] {
            #expect(
                try kernel.place(of: child.id, version == .legacy ? "name=systemd" : nil)
                    == "/probe.service/\(Kernel.id)")
        }
        #expect(try kernel.processes(kernel.dockerFolder("name=systemd")).isEmpty)
        #expect(
            try unit.migrate(container: first.id, id: Kernel.id, controllers: .all)
                == Migration(lostLimits: [], notMoved: []))
    }

    @Test("a container whose init sits below Docker's cgroup moves as a whole")
    func nestedInit() throws {
        let kernel = try Kernel(.unified)
        let initial = try kernel.container("read line")
        let other = try kernel.container("read line")
        try Files.makeFolder("\(kernel.dockerFolder())/init.scope")
        try Group(path: "\(kernel.dockerFolder())/init.scope").admit(initial.id)
        _ = try kernel.unitGroup().migrate(container: initial.id, id: Kernel.id, controllers: .all)
        #expect(try kernel.place(of: initial.id) == "/probe.service/\(Kernel.id)")
        #expect(try kernel.place(of: other.id) == "/probe.service/\(Kernel.id)")
    }

    @Test("a container that forks as fast as it can is moved whole", arguments: Kernel.versions)
    func forks(version: Kernel.Version) throws {
        let kernel = try Kernel(version)
        // Each of these is a parent that stays and children that come and go.
        let storms = try (0..<3).map { _ in try kernel.container("while :; do (exit 0); (exit 0) & done") }
        let main = try kernel.container("read line")
        _ = try kernel.unitGroup().migrate(container: main.id, id: Kernel.id, controllers: .all)
        #expect(try kernel.processes(kernel.dockerFolder("name=systemd")).isEmpty)
        let inside = try kernel.processes("\(kernel.unitFolder("name=systemd"))/\(Kernel.id)")
        for child in storms + [main] { #expect(inside.contains(child.id)) }
    }

    @Test("processes that fork and exit at once are caught up with", arguments: Kernel.versions)
    func runsAhead(version: Kernel.Version) throws {
        let kernel = try Kernel(version)
        let main = try kernel.container("read line")
        // Never the same process for longer than a fork(2) takes: what is listed has ended when it is to be moved.
        let chains = try (0..<2).map { _ in try kernel.container("next() { next & }; next") }
        _ = try kernel.unitGroup().migrate(container: main.id, id: Kernel.id, controllers: .all)
        #expect(try kernel.processes(kernel.dockerFolder("name=systemd")).isEmpty)
        #expect(
            try kernel.place(of: main.id, version == .legacy ? "name=systemd" : nil)
                == "/probe.service/\(Kernel.id)")
        #expect(chains.count == 2)
    }

    @Test("a cgroup that does not become empty in time is an error; it was frozen meanwhile, and runs again")
    func impatient() throws {
        // Ordinary files: what is listed stays listed.
        let folder = try FileTree(["from/cgroup.procs": "41\n42\n", "from/cgroup.freeze": "", "to/cgroup.procs": ""])
        let from = Group(path: "\(folder.path)/from")
        var move = ProcessMove(from: from, to: Group(path: "\(folder.path)/to"), freezer: .unified(from))
        move.timeout = .milliseconds(20)
        #expect(throws: CgroupError.notEmptied(group: from.path)) { try move.complete() }
        #expect(try folder.text("to/cgroup.procs") == "42")
        #expect(try folder.text("from/cgroup.freeze") == "0")
    }

    @Test("a process that cannot be seen from here is not taken for ourselves")
    func unseen() throws {
        let folder = try FileTree(["from/cgroup.procs": "0\n", "to/cgroup.procs": ""])
        let move = ProcessMove(from: Group(path: "\(folder.path)/from"), to: Group(path: "\(folder.path)/to"))
        #expect(throws: CgroupError.self) { try move.complete() }
        #expect(try folder.text("to/cgroup.procs") == "")
    }

    @Test("a process that is not in a cgroup of the container's ID is not touched")
    func foreign() throws {
        let kernel = try Kernel(.unified)
        let container = try kernel.container("read line")
        let other = String(repeating: "f", count: 64)
        let unit = try kernel.unitGroup()
        #expect(throws: CgroupError.self) {
            try unit.migrate(container: container.id, id: other, controllers: .all)
        }
        #expect(try kernel.place(of: container.id) == "/docker-\(Kernel.id).scope")
        #expect(!Files.exists("\(kernel.unitFolder())/\(Kernel.id)"))
    }

    @Test("a process that is gone is said to be gone")
    func gone() throws {
        let kernel = try Kernel(.unified)
        let unit = try kernel.unitGroup()
        #expect(throws: CgroupError.gone(process: "4194305")) {
            try unit.migrate(container: 4_194_305, id: Kernel.id, controllers: .all)
        }
    }

    @Test("a cgroup that an earlier run left is made anew")
    func leftOver() throws {
        let kernel = try Kernel(.unified)
        try Files.makeFolder("\(kernel.unitFolder())/\(Kernel.id)")
        try Files.makeFolder("\(kernel.unitFolder())/\(Kernel.id)/deeper")
        try Files.write("1", to: "\(kernel.unitFolder())/\(Kernel.id)/cgroup.freeze")
        let container = try kernel.container("read line; echo alive")
        _ = try kernel.unitGroup().migrate(container: container.id, id: Kernel.id, controllers: .all)
        try container.send("go")
        #expect(try container.line() == "alive")
    }

    @Test("the threads of a process move with it, out of a threaded cgroup as well")
    func threaded() throws {
        let kernel = try Kernel(.unified)
        let main = try kernel.container("read line")
        let threaded = "\(kernel.dockerFolder())/threaded"
        try Files.makeFolder(threaded)
        try Files.write("threaded", to: "\(threaded)/cgroup.type")
        try Files.write(String(main.id), to: "\(threaded)/cgroup.threads")
        _ = try kernel.unitGroup().migrate(container: main.id, id: Kernel.id, controllers: .all)
        #expect(try kernel.place(of: main.id) == "/probe.service/\(Kernel.id)")
    }

    @Test("a unit whose cgroup holds threads is refused, and nothing moves")
    func threadedUnit() throws {
        let kernel = try Kernel(.unified)
        let main = try kernel.container("read line")
        try Files.makeFolder("\(kernel.unitFolder())/threads")
        try Files.write("threaded", to: "\(kernel.unitFolder())/threads/cgroup.type")
        let unit = try kernel.unitGroup()
        #expect(throws: CgroupError.threaded(group: "\(kernel.unitFolder())/\(Kernel.id)")) {
            try unit.migrate(container: main.id, id: Kernel.id, controllers: .all)
        }
        #expect(try kernel.place(of: main.id) == "/docker-\(Kernel.id).scope")
    }

    @Test("--cgroups is read as old unit files write it")
    func selection() {
        #expect(ControllerSelection(["name=systemd", "all"]) == .all)
        #expect(ControllerSelection(["name=all"]) == .all)
        #expect(ControllerSelection([]) == .named([]))
        #expect(ControllerSelection(["cpu,cpuacct", "name=systemd"]) == .named(["cpu", "cpuacct", "name=systemd"]))
    }

    @Test(
        "an unknown controller is refused with the list of the known ones",
        arguments: Kernel.versions.filter { $0 == .legacy })
    func unknown(version: Kernel.Version) throws {
        let kernel = try Kernel(version)
        let container = try kernel.container("read line")
        let unit = try kernel.unitGroup()
        let known = try Membership.ofThisProcess().entries.flatMap(\.controllers).sorted()
        #expect(throws: CgroupError.unknownController("memroy", known: known)) {
            try unit.migrate(container: container.id, id: Kernel.id, controllers: .named(["memroy"]))
        }
    }

    @Test(
        "only what is named moves, systemd's tree always, devices never",
        arguments: Kernel.versions.filter { $0 == .legacy })
    func named(version: Kernel.Version) throws {
        let kernel = try Kernel(version)
        let container = try kernel.container("read line")
        let moving = ["pids", "name=systemd"].filter(kernel.has)
        let staying = ["memory", "devices", "cpu"].filter(kernel.has)
        let migration = try kernel.unitGroup().migrate(
            container: container.id, id: Kernel.id, controllers: .named(["pids", "devices"].filter(kernel.has)))
        for name in moving { #expect(try kernel.place(of: container.id, name) == "/probe.service/\(Kernel.id)") }
        for name in staying { #expect(try kernel.place(of: container.id, name) == "/docker-\(Kernel.id).scope") }
        #expect(migration.notMoved == ["devices"].filter(kernel.has))
    }

    @Test("all means all trees but devices", arguments: Kernel.versions.filter { $0 == .legacy })
    func all(version: Kernel.Version) throws {
        let kernel = try Kernel(version)
        let container = try kernel.container("read line")
        let migration = try kernel.unitGroup().migrate(container: container.id, id: Kernel.id, controllers: .all)
        for name in kernel.controllers {
            #expect(
                try kernel.place(of: container.id, name)
                    == (name == "devices" ? "/docker-\(Kernel.id).scope" : "/probe.service/\(Kernel.id)"), "\(name)")
        }
        #expect(migration.notMoved.isEmpty)
    }

    @Test(
        "where Docker made no version 2 cgroup on a hybrid host, the container's processes alone leave the shared one",
        arguments: Kernel.versions.contains(.legacy) && Kernel.versions.contains(.unified)
            ? [Kernel.Version.legacy] : [])
    func shared(version: Kernel.Version) throws {
        let kernel = try Kernel(version)
        let tree = try Kernel(.unified)
        let container = try kernel.container("read line")
        let neighbour = try Shell("read line")
        let service = "\(tree.unitFolder())/../docker.service"
        try Files.makeFolder(service)
        for child in [container, neighbour] { try Group(path: service).admit(child.id) }
        let membership = Membership(entries: kernel.membership.entries + tree.membership.entries)
        let unit = try UnitGroup(unit: Kernel.unit, membership: membership, root: kernel.root)
        #expect(unit.hierarchy == .hybrid)
        _ = try unit.migrate(container: container.id, id: Kernel.id, controllers: .named([]))
        #expect(try kernel.place(of: container.id, "name=systemd") == "/probe.service/\(Kernel.id)")
        #expect(try tree.place(of: container.id) == "/probe.service/\(Kernel.id)")
        #expect(try tree.place(of: neighbour.id) == "/docker.service")
    }
}
