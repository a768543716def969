// SPDX-License-Identifier: Apache-2.0

import Linux
import Support
import Systemd
import Testing

/// How a container may end, and what the Engine says of it.
struct Ending: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var status: Linux.ExitStatus
    /// The Engine's word.
    var code: Int

    static let all = [
        Ending(testDescription: "exits 0", status: .exited(0), code: 0),
        Ending(testDescription: "exits 3", status: .exited(3), code: 3),
        Ending(testDescription: "exits 137 by itself", status: .exited(137), code: 137),
        Ending(testDescription: "dies by SIGKILL", status: .signaled(.kill), code: 137),
        Ending(testDescription: "dies by SIGTERM that somebody else sent", status: .signaled(.terminate), code: 143),
        Ending(testDescription: "dies by a core signal", status: .signaled(.quit), code: 131),
        Ending(testDescription: "dies by a real-time signal", status: .signaled(Signal(rawValue: 40)), code: 168),
    ]

    func happen(to process: MainProcess) throws {
        switch status {
        case .exited(let code): try process.exit(code)
        case .signaled(let signal): process.send(signal)
        }
    }

    /// What can be known of it: an older kernel tells of no signal.
    var known: Linux.ExitStatus {
        Linux.Process.kernelTellsExitStatus ? status : .exited(UInt8(truncatingIfNeeded: code))
    }
}

@Suite("The end of a container", .timeLimit(.minutes(1)))
struct EndTests {
    init() { LoopThread.start() }

    @Test("is our own end", arguments: Ending.all, [true, false])
    @LoopActor
    func ours(ending: Ending, removes: Bool) async throws {
        let docker = try Docker(code: ending.code, MainProcess()) { $0.removesItself = removes }
        let wrapper = try await docker.running(removes ? ["--rm"] : [])
        try ending.happen(to: docker.process)
        try await docker.ended()
        let end = try await wrapper.end()
        #expect(end == Wrapper.End(status: ending.known, output: "up\n", error: ""))
        let wait = docker.engine.received.first { $0.path.hasSuffix("/wait") }
        #expect(wait?.query == "condition=\(removes ? "removed" : "next-exit")")
        #expect(
            docker.asked == [
                "GET /containers/web/json", "POST /containers/create", "GET /containers/ID/json",
                "POST /containers/ID/wait", "POST /containers/ID/attach", "POST /containers/ID/start",
                "GET /containers/ID/json",
                // Whether somebody restarts it.
                "GET /containers/ID/json",
            ] + (removes ? [] : ["GET /containers/ID/json"]))
    }

    /// Waits for the end of its process, and until the wrapper has asked whether that was the last one, which it was.
    @LoopActor
    private func noticed(_ docker: Docker) async throws {
        var ended = docker.inspection
        ended.status = "exited"
        docker.engine.on("GET", "\(Docker.path)/json", ended.answer)
        _ = try await docker.process.ended()
        _ = try await docker.engine.arrival(of: "GET", "/events?until")
    }

    @Test("with --rm is over only when the Engine has removed it")
    @LoopActor
    func removed() async throws {
        let docker = try Docker(code: 3, MainProcess()) { $0.removesItself = true }
        let wrapper = try await docker.running()
        try docker.process.exit(3)
        try await noticed(docker)
        try await docker.say("last words\n")
        try await docker.streams.close()
        try await wrapper.says("last words\n")
        #expect(try await wrapper.goesOn())
        docker.reported.open()
        #expect(try await wrapper.end().status == .exited(3))
    }

    @Test("is not over before its last word is out")
    @LoopActor
    func lastWord() async throws {
        // One that Docker removes is not looked at once more in the end.
        let docker = try Docker(code: 3, MainProcess()) { $0.removesItself = true }
        let wrapper = try await docker.running()
        try docker.process.exit(3)
        try await noticed(docker)
        docker.reported.open()
        try await docker.say("almost ")
        try await wrapper.says("almost ")
        #expect(try await wrapper.goesOn())
        try await docker.say("last words\n")
        try await docker.streams.close()
        #expect(
            try await wrapper.end()
                == Wrapper.End(status: .exited(3), output: "up\nalmost last words\n", error: ""))
    }

    @Test("that came before we could look is told by the Engine", arguments: [true, false], [0, 3, 137])
    @LoopActor
    func early(isGone: Bool, code: Int) async throws {
        let docker = try Docker(code: code, MainProcess()) { $0.removesItself = isGone }
        var ended = docker.inspection
        (ended.status, ended.exitCode) = ("exited", code)
        let gone = Answer.refusal(404, "No such container: web")
        docker.engine.on("GET", "\(Docker.path)/json", docker.inspection.answer, isGone ? gone : ended.answer)
        let wrapper = try docker.run(isGone ? ["--rm"] : [])
        try await docker.say("short life\n")
        try await docker.streams.close()
        docker.reported.open()
        #expect(
            try await wrapper.end()
                == Wrapper.End(status: .exited(UInt8(code)), output: "short life\n", error: ""))
    }

    @Test("whose process is gone though the Engine takes it for running is told by the Engine")
    @LoopActor
    func unnoticed() async throws {
        let docker = try Docker(code: 5, MainProcess())
        docker.process.send(.kill)
        _ = try await docker.process.ended()
        let wrapper = try docker.run([])
        _ = try await docker.engine.arrival(of: "POST", "\(Docker.path)/start")
        try await docker.streams.close()
        docker.reported.open()
        #expect(try await wrapper.end().status == .exited(5))
    }

    // MARK: The daemon goes first

    /// The wait's connection ends when `restart` opens.
    @LoopActor
    private func cutWait(_ docker: Docker, when restart: Gate) {
        docker.engine.on(
            "POST", "\(Docker.path)/wait",
            Answer(.send(Answer.head(200, ["Transfer-Encoding": "chunked"])), .pass(restart), .close))
    }

    @Test("is told by the kernel where the daemon was restarted meanwhile", arguments: [true, false])
    @LoopActor
    func restartedDaemon(removes: Bool) async throws {
        let docker = try Docker(MainProcess()) { $0.removesItself = removes }
        let restart = try Gate()
        cutWait(docker, when: restart)
        let wrapper = try await docker.running(removes ? ["--rm"] : [])
        restart.open()
        try await docker.streams.close()
        var ended = docker.inspection
        (ended.status, ended.exitCode) = ("exited", 3)
        docker.engine.on("GET", "\(Docker.path)/json", ended.answer)
        try docker.process.exit(3)
        _ = try await docker.process.ended()
        #expect(try await wrapper.end().status == .exited(3))
    }

    @Test("of a container that was made without --rm is its removal, though the daemon was restarted meanwhile")
    @LoopActor
    func removedAnew() async throws {
        let docker = try Docker(MainProcess())
        docker.has("running")
        let restart = try Gate()
        cutWait(docker, when: restart)
        let wrapper = try await docker.running(["--rm"])
        restart.open()
        try await docker.streams.close()
        var ended = docker.inspection
        (ended.status, ended.exitCode) = ("exited", 3)
        docker.engine.on("GET", "\(Docker.path)/json", ended.answer)
        try docker.process.exit(3)
        _ = try await docker.process.ended()
        #expect(try await wrapper.end().status == .exited(3))
        #expect(docker.asked.contains("DELETE /containers/ID"))
    }

    @Test("that nobody can tell is our failure, and the container is removed")
    @LoopActor
    func unknown() async throws {
        let docker = try Docker(MainProcess())
        let gone = Answer.refusal(404, "No such container: web")
        docker.engine.on("GET", "\(Docker.path)/json", docker.inspection.answer, gone)
        docker.engine.on("POST", "\(Docker.path)/wait", .chunked([]))
        let wrapper = try docker.run()
        try await docker.streams.close()
        let end = try await wrapper.end()
        #expect(end.status == .exited(125))
        #expect(
            end.error == "systemd-docker: container web has ended, and neither the kernel nor Docker can tell how\n")
        #expect(docker.asked.last == "DELETE /containers/ID")
    }

    // MARK: The PID file

    @Test("takes the PID file with it; until then it holds the container's PID")
    @LoopActor
    func pidFile() async throws {
        let folder = try TemporaryFolder()
        let docker = try Docker(MainProcess())
        let wrapper = try await docker.running([], wrapper: ["--pid-file", folder["pid"]])
        #expect(try Files.text(folder["pid"]) == "\(docker.process.id)\n")
        try docker.process.exit(0)
        try await docker.ended()
        #expect(try await wrapper.end().status == .exited(0))
        #expect(try Files.names(in: folder.path).isEmpty)
    }

    @Test("comes at once where the PID file cannot be written", arguments: [true, false])
    @LoopActor
    func unwritablePidFile(removes: Bool) async throws {
        let folder = try TemporaryFolder()
        let docker = try Docker(MainProcess()) { $0.removesItself = removes }
        docker.engine.on("POST", "\(Docker.path)/kill", .empty(204))
        let end = try await docker.run(removes ? ["--rm"] : [], wrapper: ["-p", folder["no/pid"]]).end()
        #expect(end.status == .exited(125))
        #expect(end.error.contains(folder["no/pid"]))
        #expect(docker.asked.last == (removes ? "DELETE /containers/ID" : "POST /containers/ID/kill"))
    }
}
