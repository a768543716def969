// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Systemd
import Testing

@Suite("What the service manager is told", .timeLimit(.minutes(1)))
struct NotificationTests {
    private static let proxies = "/run/systemd-docker"

    init() { LoopThread.start() }

    /// Runs it where it stays, whatever unit the tests themselves run in.
    @LoopActor
    private func run(
        _ docker: Docker, _ manager: Manager, _ options: [String] = ["--rm"], wrapper: [String] = []
    ) throws -> Wrapper {
        try docker.run(
            options, wrapper: ["--placement", "none", "--engine-timeout", "0"] + wrapper,
            environment: manager.environment)
    }

    @LoopActor
    private func finish(_ docker: Docker, _ wrapper: Wrapper, code: UInt8 = 0) async throws -> Linux.ExitStatus {
        try docker.process.exit(code)
        try await docker.ended()
        return try await wrapper.end().status
    }

    @Test("READY comes when the container runs, and not before")
    @LoopActor
    func ready() async throws {
        let (docker, manager) = (try Docker(MainProcess()), try Manager())
        let (come, go) = (try Gate(), try Gate())
        docker.engine.on("POST", "\(Docker.path)/start", Answer(.open(come), .pass(go), Answer.empty(204).steps[0]))
        let wrapper = try run(docker, manager)
        try await come.opened()
        try manager.readAll()
        #expect(manager.fields.isEmpty)
        #expect(manager.messages.last == "STATUS=starting container web")
        go.open()
        try await manager.isTold("READY=1")
        try await manager.isTold("STATUS=container web is running")
        #expect(try await finish(docker, wrapper) == .exited(0))
        try manager.readAll()
        #expect(manager.fields == ["READY=1"])
    }

    @Test("a stop is announced, once, and an end that is no success has its reason in the status")
    @LoopActor
    func stopping() async throws {
        let (docker, manager) = (try Docker(code: 3, MainProcess("trap : TERM")), try Manager())
        let wrapper = try run(docker, manager)
        try await manager.isTold("READY=1")
        wrapper.send(.terminate)
        try await manager.isTold("STOPPING=1")
        #expect(try await finish(docker, wrapper, code: 3) == .exited(3))
        try manager.readAll()
        #expect(manager.fields == ["READY=1", "STOPPING=1"])
        #expect(manager.messages.last == "STATUS=container web ended: exit status 3")
    }

    @Test("a start that fails never was ready")
    @LoopActor
    func failed() async throws {
        let (docker, manager) = (try Docker(MainProcess()), try Manager())
        docker.engine.on("POST", "\(Docker.path)/start", .refusal(500, "no"))
        let wrapper = try run(docker, manager)
        #expect(try await wrapper.end().status == .exited(125))
        try manager.readAll()
        #expect(manager.fields.isEmpty)
    }

    @Test("one that had ended well before we could say so was ready all the same", arguments: [0, 3])
    @LoopActor
    func shortLife(code: Int) async throws {
        let (docker, manager) = (try Docker(code: code, MainProcess()), try Manager())
        docker.engine.on("GET", "\(Docker.path)/json", docker.inspection.answer, .refusal(404, "No such container"))
        let wrapper = try run(docker, manager)
        _ = try await docker.engine.arrival(of: "POST", "\(Docker.path)/start")
        try await docker.streams.close()
        docker.reported.open()
        #expect(try await wrapper.end().status == .exited(UInt8(code)))
        try manager.readAll()
        #expect(manager.fields == (code == 0 ? ["READY=1"] : []))
    }

    // MARK: Leaving

    @Test("--logs=false without --rm leaves the container to the manager, as its main process")
    @LoopActor
    func leaves() async throws {
        let (docker, manager, folder) = (try Docker(MainProcess()), try Manager(), try TemporaryFolder())
        let wrapper = try run(docker, manager, [], wrapper: ["--logs=false", "--pid-file", folder["pid"]])
        try await manager.isTold("MAINPID=\(docker.process.id)")
        #expect(manager.fields == ["MAINPID=\(docker.process.id)\nREADY=1"])
        try await manager.isTold("BARRIER=1")
        #expect(try await wrapper.end() == Wrapper.End(status: .exited(0), output: "", error: ""))
        #expect(docker.asked.last == "GET /containers/ID/json")
        #expect(try Files.text(folder["pid"]) == "\(docker.process.id)\n")
    }

    @Test("it stays until the manager has seen who sent that, but not for a listener that never looks")
    @LoopActor
    func deafListener() async throws {
        let (docker, manager) = (try Docker(MainProcess()), try Manager())
        let wrapper = try run(docker, manager, [], wrapper: ["--logs=false"])
        #expect(try await wrapper.end().status == .exited(0))
        try manager.readAll()
        #expect(manager.messages.contains("BARRIER=1"))
    }

    @Test("it stays where there is something left to do", arguments: [["--notify"], []])
    @LoopActor
    func stays(options: [String]) async throws {
        let name = "web-\(getpid())-stays"
        let (docker, manager) = (try Docker(code: 3, name: name, MainProcess()), try Manager())
        let wrapper = try run(docker, manager, options.isEmpty ? ["--rm"] : [], wrapper: ["--logs=false"] + options)
        // The second look at it is the last thing it does before it would leave.
        _ = try await docker.engine.arrival(of: "GET", "\(Docker.path)/json", times: 2)
        try docker.process.exit(3)
        _ = try await docker.process.ended()
        docker.reported.open()
        #expect(try await wrapper.end().status == .exited(3))
        try manager.readAll()
        #expect(!manager.fields.contains { $0.hasPrefix("MAINPID") })
        #expect(!manager.messages.contains("BARRIER=1"))
    }

    // MARK: --notify

    @Test("with --notify the container has a socket of ours, and READY is its own to say")
    @LoopActor
    func proxied() async throws {
        let name = "web-\(getpid())-proxied"
        let (docker, manager) = (try Docker(name: name, MainProcess()), try Manager())
        // Its process is in no cgroup of a container here, so the kernel cannot tell a sender from it; and it is not alone
        // with the socket.
        docker.engine.on("GET", "/containers/json", .json(#"[{"Id":"another","Names":["/b"],"ImageID":"i"}]"#))
        let wrapper = try run(docker, manager, wrapper: ["--notify"])
        let creation = try await docker.engine.arrival(of: "POST", "/containers/create")
        let inContainer = "/run/systemd-docker/notify"
        #expect(creation.text.contains("NOTIFY_SOCKET=\(inContainer)"))
        #expect(creation.text.contains("\(Self.proxies)/\(name)/notify:\(inContainer)"))
        try await docker.say("up\n")
        try await wrapper.says("up\n")
        // We are in no container: nobody must hear us.
        try UnixSocket.send("READY=1", to: "\(Self.proxies)/\(name)/notify")
        #expect(try await finish(docker, wrapper) == .exited(0))
        try manager.readAll()
        #expect(manager.fields.isEmpty)
        #expect(!Files.exists("\(Self.proxies)/\(name)"))
    }

    @Test("the socket goes when the launch fails")
    @LoopActor
    func socketAfterFailure() async throws {
        let name = "web-\(getpid())-fails"
        let docker = try Docker(name: name, MainProcess())
        docker.engine.on("POST", "/containers/create", .refusal(500, "no"))
        #expect(try await docker.run(wrapper: ["--notify"]).end().status == .exited(125))
        #expect(!Files.exists("\(Self.proxies)/\(name)"))
    }

    @Test("a container that is started again finds its socket where it was")
    @LoopActor
    func startedAgain() async throws {
        let name = "web-\(getpid())-again"
        let docker = try Docker(name: name, MainProcess())
        docker.has("exited")
        let (come, go) = (try Gate(), try Gate())
        docker.engine.on("POST", "\(Docker.path)/start", Answer(.open(come), .pass(go), Answer.empty(204).steps[0]))
        let wrapper = try docker.run([], wrapper: ["--notify"])
        try await come.opened()
        #expect(throws: Never.self) { try UnixSocket.send("STATUS=x", to: "\(Self.proxies)/\(name)/notify") }
        go.open()
        #expect(try await finish(docker, wrapper) == .exited(0))
        #expect(!Files.exists("\(Self.proxies)/\(name)"))
    }

    @Test("a container that is taken over is up, for its socket is its former wrapper's")
    @LoopActor
    func takenOver() async throws {
        let name = "web-\(getpid())-taken"
        let (docker, manager) = (try Docker(name: name, MainProcess()), try Manager())
        docker.has("running")
        let wrapper = try run(docker, manager, [], wrapper: ["--notify"])
        try await manager.isTold("READY=1")
        #expect(try await finish(docker, wrapper) == .exited(0))
    }
}
