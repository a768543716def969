// SPDX-License-Identifier: Apache-2.0

import Engine
import Testing

@Suite("Address of an Engine")
struct EngineAddressTests {
    private static let system = "/var/run/docker.sock"
    private static let user = ["XDG_RUNTIME_DIR": "/run/user/1000"]
    private static let rootless = "/run/user/1000/docker.sock"

    @Test(
        "the socket is DOCKER_HOST's, else the system's, else the user's own if only that is there",
        arguments: [
            ([:], [system], system),
            ([:], [], system),
            (["DOCKER_HOST": ""], [system], system),
            (["DOCKER_HOST": "unix:///run/other.sock"], [system], "/run/other.sock"),
            (
                ["DOCKER_HOST": "unix:///run/other.sock", "XDG_RUNTIME_DIR": "/run/user/1000"], [rootless],
                "/run/other.sock"
            ),
            (user, [system, rootless], system),
            (user, [rootless], rootless),
            (user, [], system),
            (["XDG_RUNTIME_DIR": ""], ["/docker.sock"], system),
        ] as [([String: String], [String], String)])
    func choice(environment: [String: String], existing: [String], socket: String) throws {
        #expect(try Host(environment: environment) { existing.contains($0) }.socket == socket)
    }

    @Test(
        "a host that may be another machine is refused, and the reason names what was asked for",
        arguments: ["tcp", "ssh", "npipe", "http", "https", "fd"])
    func remote(scheme: String) {
        let address = "\(scheme)://example.org:2375"
        let error = #expect(throws: EngineError.self) { try Host(environment: ["DOCKER_HOST": address]) }
        #expect(
            error?.description
                == "DOCKER_HOST=\(address): with \(scheme):// the container may run on another machine, where it cannot"
                + " be under a unit of this one. Use unix:///var/run/docker.sock")
    }

    @Test(
        "what is no address is refused with one that is",
        arguments: [
            ("nonsense", "not an address. Use unix:///var/run/docker.sock"),
            ("/var/run/docker.sock", "not an address. Use unix:///var/run/docker.sock"),
            ("UNIX:///run/docker.sock", "not an address. Use unix:///var/run/docker.sock"),
            ("unix://", "the socket's path must begin with /. Use unix:///var/run/docker.sock"),
            ("unix://run/docker.sock", "the socket's path must begin with /. Use unix:///var/run/docker.sock"),
        ])
    func nonsense(address: String, reason: String) {
        let error = #expect(throws: EngineError.self) { try Host(environment: ["DOCKER_HOST": address]) }
        #expect(error == .unusableHost(address, reason: reason))
    }
}
