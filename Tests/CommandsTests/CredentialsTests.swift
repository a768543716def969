// SPDX-License-Identifier: Apache-2.0

import Linux
import Support
import Systemd
import Testing

@Suite("--use-api-socket", .timeLimit(.minutes(1)))
struct CredentialsTests {
    init() { LoopThread.start() }

    private static let configuration = #"{"auths":{"host:1":{"auth":"dXNlcjpwOnc="}}}"#
    private static let archive = "\(Docker.path)/archive"

    /// Runs a container to its end, and returns what the Engine was asked for and given.
    @LoopActor
    private func life(
        _ options: [String], _ environment: [String: String] = ["DOCKER_AUTH_CONFIG": configuration],
        wrapper: [String] = []
    ) async throws -> (docker: Docker, end: Wrapper.End) {
        let docker = try Docker(MainProcess())
        docker.engine.on("PUT", Self.archive, .json(""))
        let wrapper = try docker.run(options, wrapper: wrapper, environment: environment)
        try await docker.say("up\n")
        try await wrapper.says("up\n")
        try docker.process.exit(0)
        try await docker.ended()
        return (docker, try await wrapper.end())
    }

    @Test("the credentials come between creation and start, root's alone, and their folder is named")
    @LoopActor
    func comes() async throws {
        let (docker, end) = try await life(["--rm", "--use-api-socket", "-e", "A=1"])
        #expect(end.error == "")
        let asked = docker.asked
        let place = try #require(asked.firstIndex(of: "PUT /containers/ID/archive"))
        #expect(try #require(asked.firstIndex(of: "POST /containers/create")) < place)
        #expect(place < (try #require(asked.firstIndex(of: "POST /containers/ID/start"))))
        let creation = try #require(docker.engine.received.first { $0.path == "/containers/create" })
        #expect(creation.text.contains(#""Env":["A=1","DOCKER_CONFIG=/run/secrets/docker"]"#))
        #expect(
            creation.text.contains(
                #""Mounts":[{"BindOptions":{},"Source":"/var/run/docker.sock","Target":"/var/run/docker.sock","Type":"bind"}]"#
            ))
        let archive = try #require(docker.engine.received.first { $0.path == Self.archive })
        #expect(archive.text.hasPrefix("/run/secrets/docker/config.json\0"))
        #expect(archive.text.dropFirst(100).hasPrefix("0000600\0" + "0000000\0" + "0000000\0"))
        #expect(archive.text.dropFirst(512).hasPrefix(Self.configuration + "\0"))
    }

    @Test(
        "nothing comes where there are none, or where the container has a DOCKER_CONFIG of its own",
        arguments: [
            (["--use-api-socket"], ["DOCKER_AUTH_CONFIG": ""], []),
            (["--use-api-socket", "-e", "DOCKER_CONFIG=/x"], ["DOCKER_AUTH_CONFIG": configuration], []),
            (["--use-api-socket=false"], ["DOCKER_AUTH_CONFIG": configuration], []),
            (["--use-api-socket"], ["DOCKER_AUTH_CONFIG": configuration, "DOCKER_CONFIG": "/y"], ["--env"]),
        ])
    @LoopActor
    func nothing(options: [String], environment: [String: String], wrapper: [String]) async throws {
        let (docker, _) = try await life(["--rm"] + options, environment, wrapper: wrapper)
        #expect(!docker.asked.contains("PUT /containers/ID/archive"))
        #expect(!docker.engine.received.contains { $0.text.contains("/run/secrets") })
    }

    @Test("where they cannot be put, the container goes, and one line says so without a word of them")
    @LoopActor
    func refused() async throws {
        let docker = try Docker(MainProcess())
        docker.engine.on("PUT", Self.archive, .refusal(400, "container rootfs is marked read-only"))
        let end = try await docker.run(
            ["--rm", "--use-api-socket"], environment: ["DOCKER_AUTH_CONFIG": Self.configuration]
        ).end()
        #expect(end.status == .exited(125))
        #expect(
            end.error == """
                systemd-docker: put docker's credentials into container web at /run/secrets/docker/config.json: \
                PUT /containers/\(Docker.id.prefix(12))/archive: Docker answered 400: container rootfs is marked read-only

                """)
        #expect(docker.asked.last == "DELETE /containers/ID")
        #expect(!docker.asked.contains("POST /containers/ID/start"))
    }
}
