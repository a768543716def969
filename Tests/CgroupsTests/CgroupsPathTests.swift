// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Cgroups

@Suite("Cgroups path")
struct CgroupsPathTests {
    @Test(
        "is below the innermost unit of its supervisor",
        arguments: [
            ("0::/system.slice/web.service", "/system.slice/web.service/\(Kernel.id)"),
            ("0::/system.slice/web.service/supervisor", "/system.slice/web.service/\(Kernel.id)"),
            ("0::/system.slice/web.service/of-DelegateSubgroup", "/system.slice/web.service/\(Kernel.id)"),
            (
                "0::/system.slice/system-web.slice/web@1.service",
                "/system.slice/system-web.slice/web@1.service/\(Kernel.id)"
            ),
            (
                "0::/user.slice/user-7.slice/user@7.service/app.slice/web.service/supervisor",
                "/user.slice/user-7.slice/user@7.service/app.slice/web.service/\(Kernel.id)"
            ),
            ("0::/user.slice/user-7.slice/session-1.scope", "/user.slice/user-7.slice/session-1.scope/\(Kernel.id)"),
            ("0::/", "/\(Kernel.id)"),
            ("0::/elsewhere", "/elsewhere/\(Kernel.id)"),
            ("1:name=systemd:/\n0::/system.slice/web.service", "/system.slice/web.service/\(Kernel.id)"),
        ])
    func unified(text: String, place: String) throws {
        #expect(try Self.cgroupsPath(text, .unified) == place)
    }

    @Test("is told by systemd's own tree on version 1", arguments: [Hierarchy.legacy, .hybrid])
    func legacy(hierarchy: Hierarchy) throws {
        let text = "4:memory:/elsewhere.service\n1:name=systemd:/system.slice/web.service\n0::/other.service"
        #expect(try Self.cgroupsPath(text, hierarchy) == "/system.slice/web.service/\(Kernel.id)")
    }

    @Test(
        "is nowhere for a process that our cgroup namespace does not show",
        arguments: ["0::/../web.service", "0::/../../web.service/supervisor", "1:name=systemd:/web.service", ""])
    func nowhere(text: String) {
        #expect(throws: CgroupError.outside(process: 7)) { try Self.cgroupsPath(text, .unified) }
    }

    private static func cgroupsPath(_ text: String, _ hierarchy: Hierarchy) throws -> String {
        try UnitGroup.cgroupsPath(
            ofContainer: Kernel.id, of: 7, in: Membership(parsing: text), hierarchy: hierarchy)
    }
}
