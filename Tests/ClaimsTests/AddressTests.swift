// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Testing

@testable import Claims

@Suite("Address")
struct AddressTests {
    @Test("is root's folder, the user's with a Docker of one's own, an abstract name for others")
    func supervisors() {
        #expect(Address.ofSupervisor(daemonIsRootless: false, runtimeDirectory: "/run/user/0") == .system)
        #expect(
            Address.ofSupervisor(daemonIsRootless: true, runtimeDirectory: "/run/user/7")
                == .folder("/run/user/7/systemd-docker/claims"))
        #expect(Address.ofRuntime(runtimeDirectory: nil) == [.system, .abstract])
        #expect(
            Address.ofRuntime(runtimeDirectory: "/run/user/7")
                == [.system, .user(runtimeDirectory: "/run/user/7"), .abstract])
    }

    @Test(
        "a process in an inner PID namespace has a number more",
        arguments: [
            ("NSpid:\t17", true), ("Name:\tsh\nNSpid:\t17\nNSpgid:\t17", true), ("NSpid:\t17\t1", false), ("", false),
        ])
    func namespace(status: String, isOurs: Bool) {
        #expect(Peer.isInOurNamespace(status) == isOurs)
    }

    @Test(
        "a process in a container is told by its cgroups",
        arguments: [
            ("0::/system.slice/web.service/supervisor\n", 0),
            ("1:name=systemd:/system.slice/web.service\n0::/\n", 0),
            ("0::/system.slice/web.service/container\n", 1),
            ("0::/system.slice/docker-\(id).scope\n", 1),
            ("4:memory:/docker/\(id)\n1:name=systemd:/docker/\(id)\n", 1),
            ("0::/docker/\(id)/deeper\n", 1),
            ("0::/system.slice/docker-\(id.dropLast()).scope\n", 0),
        ])
    func containers(cgroups: String, count: Int) {
        #expect(Peer.containers(in: cgroups).count == count)
    }

    private static let id = String(repeating: "0123456789abcdef", count: 4)

    @Test("root and we ourselves may be either side, over each address", arguments: [Address.system, .abstract])
    func ourselves(address: Address) throws {
        let folder = try TemporaryFolder()
        let listener = try Descriptor.listening(at: .path(folder["socket"]))
        let connection = try Descriptor.connected(to: .path(folder["socket"]))
        #expect(address.isSupervisor(try Peer(of: connection)))
        #expect(address.isRuntime(try Peer(of: try listener.accept())))
    }
}
