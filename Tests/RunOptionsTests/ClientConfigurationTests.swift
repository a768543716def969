// SPDX-License-Identifier: Apache-2.0

import Engine
import Linux
import Testing

@testable import RunOptions

@Suite("Client configuration")
struct ClientConfigurationTests {
    @Test(
        "config.json is in DOCKER_CONFIG, else below the home folder, else below the user's in the user database",
        arguments: [
            (["DOCKER_CONFIG": "/c", "HOME": "/h"], "/c/config.json"), (["HOME": "/h"], "/h/.docker/config.json"),
            (["DOCKER_CONFIG": "", "HOME": ""], "/root/.docker/config.json"), ([:], "/root/.docker/config.json"),
        ] as [([String: String], String)])
    func path(environment: [String: String], expected: String) {
        #expect(ClientConfiguration.path(environment: environment, home: { "/root" }) == expected)
        #expect(ClientConfiguration.path(environment: [:], home: { nil }) == nil)
    }

    @Test("proxies come in upper and lower case after other variables, and -e wins")
    func proxies() throws {
        let world = try World()
        try Files.makeFolder("\(world.folder)/.docker")
        try Files.replace(
            "\(world.folder)/.docker/config.json",
            with: #"{"proxies":{"default":{"httpProxy":"http://p:1","noProxy":"a,b"}},"detachKeys":"ctrl-x"}"#)
        let options = try ContainerOptions(
            parsing: ["-e", "A=1", "-e", "no_proxy=own", "alpine"], environment: world.environment, folder: "/")
        #expect(
            options.request.environment == [
                "A=1", "no_proxy=own", "HTTP_PROXY=http://p:1", "http_proxy=http://p:1", "NO_PROXY=a,b",
            ])
        #expect(options.detachKeys == "ctrl-x")
        #expect(options.warnings.isEmpty)
    }

    @Test("a broken config.json is ignored with a warning")
    func broken() throws {
        let world = try World()
        try Files.makeFolder("\(world.folder)/.docker")
        let path = "\(world.folder)/.docker/config.json"
        try Files.replace(path, with: "{")
        let options = try ContainerOptions(parsing: ["alpine"], environment: world.environment, folder: "/")
        #expect(options.request.environment == nil)
        #expect(options.warnings == ["cannot read \(path): not JSON, ignoring"])
    }
}
