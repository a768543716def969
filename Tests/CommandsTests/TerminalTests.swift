// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Systemd
import Testing

@Suite("A terminal", .timeLimit(.minutes(1)))
struct TerminalTests {
    init() { LoopThread.start() }

    @LoopActor
    private func until(_ condition: () throws -> Bool) async throws {
        while try !condition() { try await EventLoop.shared.sleep(.milliseconds(1)) }
    }

    @LoopActor
    private func finish(_ docker: Docker, _ wrapper: Wrapper) async throws -> Linux.ExitStatus {
        try docker.process.exit(0)
        try await docker.ended()
        return try await wrapper.end().status
    }

    @Test("of ours hands its keys to the container's, and is given back as it was")
    @LoopActor
    func keys() async throws {
        let terminal = try PseudoTerminal()
        let docker = try Docker(MainProcess()) { $0.hasTerminal = true }
        docker.engine.on("POST", "\(Docker.path)/resize", .json(""))
        let before = try terminal.settings
        let wrapper = try docker.run(["-it"], terminal: terminal.line.rawValue)
        try await until { try terminal.isRaw }
        // ^C is a key among others then.
        try terminal.type("ls\r\u{3}")
        #expect(try await docker.streams.read() == Array("ls\r\u{3}".utf8))
        #expect(try await finish(docker, wrapper) == .exited(0))
        // Its own size is not known: there is nothing to tell.
        #expect(!docker.asked.contains("POST /containers/ID/resize"))
        #expect(try terminal.settings == before)
    }

    @Test("of ours is given back as it was when the launch fails")
    @LoopActor
    func givenBack() async throws {
        let terminal = try PseudoTerminal()
        let docker = try Docker(MainProcess()) { $0.hasTerminal = true }
        let (come, go) = (try Gate(), try Gate())
        let refusal = Answer.refusal(500, "no")
        docker.engine.on("POST", "\(Docker.path)/start", Answer(.open(come), .pass(go), refusal.steps[0]))
        let wrapper = try docker.run(["-it"], terminal: terminal.line.rawValue)
        try await come.opened()
        #expect(try terminal.isRaw)
        go.open()
        #expect(try await wrapper.end().status == .exited(125))
        #expect(try !terminal.isRaw)
    }

    @Test("goes from a container that was dying to the next one, with its keys, and is given back as it was")
    @LoopActor
    func dying() async throws {
        let terminal = try PseudoTerminal()
        let former = try MainProcess()
        former.send(.kill)
        _ = try await former.ended()
        let docker = try Docker(MainProcess()) { $0.hasTerminal = true }
        let dying = Docker.Inspection(status: "running", process: former.id, hasTerminal: true).answer
        let stopped = Docker.Inspection(status: "exited", hasTerminal: true).answer
        let running = Docker.Inspection(status: "running", process: docker.process.id, hasTerminal: true).answer
        docker.engine.on("GET", "/containers/web/json", dying, stopped)
        docker.engine.on("GET", "\(Docker.path)/json", dying, running)
        docker.engine.on("POST", "\(Docker.path)/resize", .json(""))
        docker.engine.on(
            "POST", "\(Docker.path)/wait", .json(#"{"StatusCode":137}"#),
            .json(#"{"StatusCode":0}"#, after: docker.reported))
        docker.engine.on("POST", "\(Docker.path)/attach", .hijack(try Hijack()), .hijack(docker.streams))
        let before = try terminal.settings
        let wrapper = try docker.run(["-it"], terminal: terminal.line.rawValue)
        try await docker.streams.send(Array("up\n".utf8))
        try await wrapper.says("up\n")
        try terminal.type("ls\r")
        #expect(try await docker.streams.read() == Array("ls\r".utf8))
        try docker.process.exit(0)
        try await docker.ended()
        let end = try await wrapper.end()
        #expect(end.status == .exited(0))
        #expect(end.error == "systemd-docker: container web is running already: taking it over\n")
        #expect(try terminal.settings == before)
    }

    @Test("of ours tells the container's its size, at first and whenever it changes")
    @LoopActor
    func size() async throws {
        let terminal = try PseudoTerminal()
        try terminal.resize(rows: 30, columns: 90)
        let docker = try Docker(MainProcess()) { $0.hasTerminal = true }
        docker.engine.on("POST", "\(Docker.path)/resize", .json(""))
        let wrapper = try docker.run(["-it"], terminal: terminal.line.rawValue)
        func sizes() -> [String] { docker.engine.received.filter { $0.path.hasSuffix("/resize") }.map(\.query) }
        try await until { sizes() == ["h=30&w=90"] }
        try terminal.resize(rows: 40, columns: 100)
        // stty(1) sets rows and columns one after the other.
        try await until { sizes().last == "h=40&w=100" }
        #expect(try await finish(docker, wrapper) == .exited(0))
    }

    @Test("is told one size after the other, and the last one last")
    @LoopActor
    func sizesInOrder() async throws {
        let terminal = try PseudoTerminal()
        try terminal.resize(rows: 30, columns: 90)
        let docker = try Docker(MainProcess()) { $0.hasTerminal = true }
        let go = try Gate()
        docker.engine.on("POST", "\(Docker.path)/resize", Answer(.pass(go), Answer.json("").steps[0]), .json(""))
        let wrapper = try docker.run(["-it"], terminal: terminal.line.rawValue)
        _ = try await docker.engine.arrival(of: "POST", "\(Docker.path)/resize")
        try terminal.resize(rows: 40, columns: 100)
        for _ in 1...3 { try await wrapper.takes(.windowChange) }
        go.open()
        func sizes() -> [String] { docker.engine.received.filter { $0.path.hasSuffix("/resize") }.map(\.query) }
        try await until { sizes().last == "h=40&w=100" }
        #expect(sizes() == ["h=30&w=90", "h=40&w=100"])
        #expect(try await finish(docker, wrapper) == .exited(0))
    }

    @Test("whose size cannot be told is no reason to wait with the signals")
    @LoopActor
    func deafResize() async throws {
        let terminal = try PseudoTerminal()
        try terminal.resize(rows: 30, columns: 90)
        let docker = try Docker(code: 143, MainProcess()) { $0.hasTerminal = true }
        docker.engine.on("POST", "\(Docker.path)/resize", .hang)
        let wrapper = try docker.run(["-it"], terminal: terminal.line.rawValue)
        _ = try await docker.engine.arrival(of: "POST", "\(Docker.path)/resize")
        wrapper.send(.terminate)
        #expect(try await docker.process.ended() == .signaled(.terminate))
        try await docker.streams.close()
        docker.reported.open()
        #expect(try await wrapper.end().status == .signaled(.terminate))
    }

    @Test("of ours that changes its size sends the container no signal; a process may", arguments: [[], ["-it"]])
    @LoopActor
    func windowChange(options: [String]) async throws {
        let terminal = try PseudoTerminal()
        let folder = try TemporaryFolder()
        let traps = ["window": "WINCH", "user": "USR1"].map { "trap 'echo \($0) >>\(folder["got"])' \($1)" }
        let process = try MainProcess(traps.joined(separator: "; "))
        let docker = try Docker(process) { $0.hasTerminal = !options.isEmpty }
        docker.engine.on("POST", "\(Docker.path)/resize", .json(""))
        let wrapper = try docker.run(options, terminal: terminal.line.rawValue)
        let up = options.isEmpty ? Docker.frame("up\n") : Array("up\n".utf8)
        try await docker.streams.send(up)
        try await wrapper.says("up\n")
        try terminal.resize(rows: 40, columns: 100)
        wrapper.send(.user1)
        try await until { Files.exists(folder["got"]) }
        wrapper.send(.windowChange)
        try await until { try Files.text(folder["got"]).hasSuffix("window\n") }
        #expect(try Files.text(folder["got"]) == "user\nwindow\n")
        #expect(try await finish(docker, wrapper) == .exited(0))
    }
}
