// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Systemd
import Testing

@Suite("Reload", .timeLimit(.minutes(1)))
struct ReloadTests {
    init() { LoopThread.start() }

    private static let command = ["--reload-command", "nginx -s 'reload it'"]

    @LoopActor
    private func run(_ docker: Docker, _ manager: Manager, _ wrapper: [String]) throws -> Wrapper {
        try docker.run(
            ["--rm"], wrapper: ["--placement", "none", "--engine-timeout", "0"] + wrapper,
            environment: manager.environment)
    }

    /// The Engine's part in a reload command that says something and ends.
    @LoopActor
    private func prepare(_ docker: Docker, code: Int, says text: String = "reloading\n") async throws {
        let streams = try Hijack()
        docker.engine.on("POST", "\(Docker.path)/exec", .json(#"{"Id":"e1"}"#, status: 201))
        docker.engine.on("POST", "/exec/e1/start", .hijack(streams))
        // It takes notice of the end a moment after the output has ended.
        docker.engine.on(
            "GET", "/exec/e1/json", .json(#"{"Running":true,"ExitCode":null}"#),
            .json(#"{"Running":false,"ExitCode":\#(code)}"#))
        let head = Answer.Step.send(Answer.head(200, ["Transfer-Encoding": "chunked"]))
        let end = #"{"Action":"exec_die","Actor":{"ID":"\#(Docker.id)"}}"# + "\n"
        docker.engine.on("GET", "/events", [Answer(head, .hang), Answer(head, .send(Answer.chunk(end)), .hang)])
        EventLoop.shared.task {
            try await streams.send(Docker.frame(text, stream: 2))
            try await streams.close()
        }
    }

    @LoopActor
    private func finish(_ docker: Docker, _ wrapper: Wrapper) async throws -> Wrapper.End {
        try docker.process.exit(0)
        try await docker.ended()
        return try await wrapper.end()
    }

    @Test("SIGHUP is the container's; the manager is told that a reload began, and when, and that it is done")
    @LoopActor
    func signal() async throws {
        let manager = try Manager()
        let docker = try Docker(try MainProcess("trap 'echo got >&4' HUP"))
        let wrapper = try run(docker, manager, [])
        try await manager.isTold("READY=1")
        wrapper.send(.hangup)
        try await manager.isTold("READY=1", times: 2)
        #expect(try await docker.process.says() == "got\n")
        let reload = try #require(manager.fields.first { $0.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") })
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let time = try #require(Int(reload.drop { $0 != "_" }.drop { $0 != "=" }.dropFirst()))
        #expect((now.tv_sec * 1_000_000 + now.tv_nsec / 1000 - time) < 60_000_000)
        #expect(manager.fields == ["READY=1", reload, "READY=1"])
        #expect(try await finish(docker, wrapper).status == .exited(0))
    }

    @Test("a reload command runs in the container instead, and its output is ours")
    @LoopActor
    func command() async throws {
        let manager = try Manager()
        let docker = try Docker(try MainProcess())
        try await prepare(docker, code: 0)
        let wrapper = try run(docker, manager, Self.command)
        try await manager.isTold("READY=1")
        wrapper.send(.hangup)
        try await wrapper.complains("reloading\n")
        try await manager.isTold("READY=1", times: 2)
        // SIGHUP would have ended it.
        #expect(try await finish(docker, wrapper) == .init(status: .exited(0), output: "", error: "reloading\n"))
        let request = try #require(docker.engine.received.first { $0.path == "\(Docker.path)/exec" })
        #expect(request.text == #"{"AttachStderr":true,"AttachStdout":true,"Cmd":["nginx","-s","reload it"]}"#)
        #expect(manager.messages.contains("STATUS=container web is reloading"))
    }

    @Test("a reload that fails leaves the service running, and says why")
    @LoopActor
    func failure() async throws {
        let manager = try Manager()
        let docker = try Docker(try MainProcess())
        try await prepare(docker, code: 1)
        let wrapper = try run(docker, manager, Self.command)
        try await manager.isTold("READY=1")
        wrapper.send(.hangup)
        try await manager.isTold("READY=1", times: 2)
        try await manager.isTold("STATUS=container web is running: reload command nginx: exit status 1")
        let end = try await finish(docker, wrapper)
        #expect(end.status == .exited(0))
        #expect(
            end.error == """
                reloading
                systemd-docker: container web was not reloaded: reload command nginx: exit status 1\n
                """)
    }

    @Test("so does one that Docker refuses to run", arguments: [409, 500])
    @LoopActor
    func refused(status: Int) async throws {
        let manager = try Manager()
        let docker = try Docker(try MainProcess())
        docker.engine.on("POST", "\(Docker.path)/exec", .refusal(status, "it is paused"))
        let wrapper = try run(docker, manager, Self.command)
        try await manager.isTold("READY=1")
        wrapper.send(.hangup)
        try await manager.isTold("READY=1", times: 2)
        let end = try await finish(docker, wrapper)
        #expect(end.status == .exited(0))
        #expect(end.error.contains("Docker answered \(status): it is paused"))
    }

    @Test("a stop during a reload command is a stop")
    @LoopActor
    func stopped() async throws {
        let manager = try Manager()
        let docker = try Docker(code: 143, try MainProcess())
        try await prepare(docker, code: 0)
        docker.engine.on("POST", "/exec/e1/start", .hang)
        let wrapper = try run(docker, manager, Self.command)
        try await manager.isTold("READY=1")
        wrapper.send(.hangup)
        _ = try await docker.engine.arrival(of: "POST", "/exec/e1/start")
        wrapper.send(.terminate)
        try await docker.ended()
        #expect(try await wrapper.end().status == .signaled(.terminate))
        try manager.readAll()
        #expect(manager.fields.count { $0 == "READY=1" } == 1)
    }
}
