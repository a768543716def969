// SPDX-License-Identifier: Apache-2.0

import Linux
import Testing

@testable import Cgroups

@Suite("Membership")
struct MembershipTests {
    @Test("a version 2 host has one line")
    func unified() {
        let membership = Membership(parsing: "0::/system.slice/nginx.service\n")
        #expect(membership.entries == [.init(controllers: [], path: "/system.slice/nginx.service")])
    }

    @Test("a version 1 host has a line per tree, named by its controllers")
    func legacy() {
        let membership = Membership(
            parsing: """
                12:pids:/system.slice/nginx.service
                4:cpu,cpuacct:/
                1:name=systemd:/system.slice/nginx.service
                0::/system.slice/nginx.service

                """)
        #expect(membership.entries.map(\.controllers) == [["pids"], ["cpu", "cpuacct"], ["name=systemd"], []])
        #expect(membership.entries.map(\.path).last == "/system.slice/nginx.service")
    }

    @Test("a colon in a cgroup's name belongs to the name")
    func colons() {
        #expect(Membership(parsing: "0::/a:b/c:d\n").entries.first?.path == "/a:b/c:d")
    }

    @Test("garbage is left out")
    func garbage() {
        #expect(Membership(parsing: "\n0:\nhello\n3:cpu:relative\n").entries.isEmpty)
    }

    @Test("the kernel tells of this process")
    func own() throws {
        #expect(try !Membership.ofThisProcess().entries.isEmpty)
    }

    @Test("a process that is gone is said to be gone")
    func gone() {
        #expect(throws: CgroupError.gone(process: "4194305")) { try Membership(of: 4_194_305) }
    }

    @Test(
        "a unit's cgroup is the path up to the last component of its name",
        arguments: zip(
            [
                "/system.slice/web.service", "/system.slice/web.service/supervisor/deeper", "/_web.service/x",
                "/user.slice/web.service/app.slice/web.service/a", "/system.slice/my-web.service", "/",
                "/web.service.d/x",
            ],
            [
                "/system.slice/web.service", "/system.slice/web.service", "/_web.service",
                "/user.slice/web.service/app.slice/web.service", nil, nil, nil,
            ]))
    func unit(path: String, unit: String?) {
        #expect(CgroupPath.ofUnit("web.service", in: path) == unit)
    }

    @Test("a container's cgroup is known by its full ID only")
    func container() {
        let id = Kernel.id
        #expect(CgroupPath.ofContainer(id, in: "/docker/\(id)") == "/docker/\(id)")
        #expect(CgroupPath.ofContainer(id, in: "/a/docker-\(id).scope/init.scope") == "/a/docker-\(id).scope")
        #expect(CgroupPath.ofContainer(id, in: "/system.slice/docker.service") == nil)
        #expect(CgroupPath.ofContainer("", in: "/system.slice/docker.service") == nil)
        #expect(CgroupPath.ofContainer("service", in: "/system.slice/docker.service") == nil)
        #expect(CgroupPath.ofContainer(id, in: "/../docker/\(id)") == nil)
    }

    @Test("inside means whole components")
    func inside() {
        #expect(CgroupPath.isInside("/a/b", "/a/b"))
        #expect(CgroupPath.isInside("/a/b/c", "/a/b"))
        #expect(!CgroupPath.isInside("/a/bc", "/a/b"))
    }
}
