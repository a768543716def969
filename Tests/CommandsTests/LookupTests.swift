// SPDX-License-Identifier: Apache-2.0

import Linux
import Support
import Systemd
import Testing

@Suite("A container that is there already", .timeLimit(.minutes(1)))
struct LookupTests {
    private static let creation = ["POST /containers/create", "GET /containers/ID/json"]
    private static let watch = ["POST /containers/ID/wait", "POST /containers/ID/attach"]
    private static let start = ["POST /containers/ID/start", "GET /containers/ID/json"]
    /// Whether somebody restarts it.
    private static let end = ["GET /containers/ID/json"]
    /// Whether one that is kept was started again meanwhile.
    private static let lastLook = ["GET /containers/ID/json"]
    private static let lookup = "GET /containers/web/json"

    init() { LoopThread.start() }

    /// Lets it exit 3, and says how the wrapper ended.
    @LoopActor
    private func finish(_ docker: Docker, _ wrapper: Wrapper) async throws -> Wrapper.End {
        try await docker.say("up\n")
        try await wrapper.says("up\n")
        try docker.process.exit(3)
        try await docker.ended()
        return try await wrapper.end()
    }

    @Test("running: it is taken over, as it is", arguments: [[], ["--rm"]])
    @LoopActor
    func running(options: [String]) async throws {
        let docker = try Docker(code: 3, MainProcess())
        docker.has("running")
        let end = try await finish(docker, try docker.run(options))
        #expect(end.status == .exited(3))
        #expect(end.error == "systemd-docker: container web is running already: taking it over\n")
        let removal = options.isEmpty ? Self.lastLook : ["DELETE /containers/ID"]
        #expect(docker.asked == [Self.lookup] + Self.watch + ["GET /containers/ID/json"] + Self.end + removal)
    }

    @Test("made with --rm and running: the Engine removes it, and we wait for that")
    @LoopActor
    func runningRemovesItself() async throws {
        let docker = try Docker(code: 3, MainProcess())
        docker.has("running") { $0.removesItself = true }
        #expect(try await finish(docker, try docker.run()).status == .exited(3))
        #expect(docker.asked == [Self.lookup] + Self.watch + ["GET /containers/ID/json"] + Self.end)
        #expect(docker.engine.received.first { $0.path.hasSuffix("/wait") }?.query == "condition=removed")
    }

    @Test("stopped, and to be kept: it is started again", arguments: ["exited", "created", "dead"])
    @LoopActor
    func stopped(status: String) async throws {
        let docker = try Docker(code: 3, MainProcess())
        docker.has(status)
        #expect(try await finish(docker, try docker.run([])).status == .exited(3))
        #expect(docker.asked == [Self.lookup] + Self.watch + Self.start + Self.end + Self.lastLook)
    }

    @Test("stopped, and not to be kept: another takes its place", arguments: ["exited", "created", "dead"])
    @LoopActor
    func replaced(status: String) async throws {
        let docker = try Docker(code: 3, MainProcess())
        docker.has(status) { $0.id = String(repeating: "0", count: 64) }
        let former = "/containers/\(String(repeating: "0", count: 64))"
        docker.engine.on("DELETE", former, .empty(204))
        docker.engine.on("GET", "\(Docker.path)/json", Docker.Inspection().answer, runningAnswer(docker))
        #expect(try await finish(docker, try docker.run()).status == .exited(3))
        // In our model it was made without AutoRemove, so that we remove it.
        #expect(
            docker.asked == [Self.lookup, "DELETE \(former)"] + Self.creation + Self.watch + Self.start
                + Self.end + ["DELETE /containers/ID"])
    }

    @LoopActor
    private func runningAnswer(_ docker: Docker) -> Answer {
        Docker.Inspection(status: "running", process: docker.process.id).answer
    }

    @Test("being removed: its removal is waited for", arguments: [[], ["--rm"]])
    @LoopActor
    func removing(options: [String]) async throws {
        let docker = try Docker(code: 3, MainProcess())
        docker.has("removing") { $0.id = String(repeating: "0", count: 64) }
        let removed = try Gate()
        let former = "/containers/\(String(repeating: "0", count: 64))"
        docker.engine.on("POST", "\(former)/wait", .json(#"{"StatusCode":0}"#, after: removed))
        docker.engine.on("GET", "\(Docker.path)/json", Docker.Inspection().answer, runningAnswer(docker))
        let wrapper = try docker.run(options)
        let wait = try await docker.engine.arrival(of: "POST", "\(former)/wait")
        #expect(wait.query == "condition=removed")
        #expect(docker.asked == [Self.lookup, "POST \(former)/wait"])
        removed.open()
        #expect(try await finish(docker, wrapper).status == .exited(3))
        #expect(docker.asked.contains("POST /containers/create"))
    }

    @Test("gone when its removal is asked for: it is as good as removed")
    @LoopActor
    func goneMeanwhile() async throws {
        let docker = try Docker(code: 3, MainProcess())
        docker.has("exited")
        docker.engine.on("DELETE", Docker.path, .refusal(404, "No such container"), .empty(204))
        docker.engine.on("GET", "\(Docker.path)/json", Docker.Inspection().answer, runningAnswer(docker))
        #expect(try await finish(docker, try docker.run()).status == .exited(3))
    }

    @Test("paused: that is for the user to decide", arguments: [[], ["--rm"]])
    @LoopActor
    func paused(options: [String]) async throws {
        let docker = try Docker(MainProcess())
        docker.has("paused")
        let end = try await docker.run(options).end()
        #expect(end.status == .exited(125))
        #expect(end.error.contains("docker unpause web"))
        #expect(docker.asked == [Self.lookup])
    }

    @Test("dying, as its former wrapper has: it is waited for, and started again")
    @LoopActor
    func dying() async throws {
        let former = try MainProcess()
        former.send(.kill)
        _ = try await former.ended()
        let docker = try Docker(code: 3, MainProcess())
        let isOver = try Gate()
        let dying = Docker.Inspection(status: "running", process: former.id)
        docker.engine.on("GET", Self.lookupPath, dying.answer, Docker.Inspection(status: "exited").answer)
        docker.engine.on("GET", "\(Docker.path)/json", dying.answer, runningAnswer(docker))
        docker.engine.on(
            "POST", "\(Docker.path)/wait", .json(#"{"StatusCode":137}"#, after: isOver),
            .json(#"{"StatusCode":3}"#, after: docker.reported))
        let dyingStreams = try Hijack()
        docker.engine.on("POST", "\(Docker.path)/attach", .hijack(dyingStreams), .hijack(docker.streams))
        let wrapper = try docker.run([])
        _ = try await docker.engine.arrival(of: "GET", "\(Docker.path)/json")
        isOver.open()
        #expect(try await finish(docker, wrapper).status == .exited(3))
        #expect(
            docker.asked == [Self.lookup] + Self.watch + ["GET /containers/ID/json", Self.lookup] + Self.watch
                + Self.start + Self.end + Self.lastLook)
    }

    private static let lookupPath = "/containers/web/json"

    // MARK: Whose is it?

    @Test(
        "of the name only by its ID's beginning: it is somebody else's, and stays as it is", arguments: [[], ["--rm"]])
    @LoopActor
    func stranger(options: [String]) async throws {
        // To Docker `5ca1` may be a name, or the first digits of any ID.
        let docker = try Docker(code: 3, MainProcess())
        let id = "5ca1" + String(repeating: "0", count: 60)
        for status in ["exited", "running"] {
            docker.engine.on(
                "GET", "/containers/5ca1/json", Docker.Inspection(id: id, status: status, process: 1).answer)
            docker.engine.on("POST", "/containers/create", .refusal(500, "so far and no farther"))
            let end = try await Wrapper(
                ["run"] + options + ["--name", "5ca1", "image"], environment: docker.engine.environment
            ).end()
            #expect(end.status == .exited(125))
            #expect(end.error.contains("so far and no farther"))
            #expect(docker.asked.suffix(2) == ["GET /containers/5ca1/json", "POST /containers/create"])
        }
    }

    @Test("with a name that its own ID begins with: it is found all the same")
    @LoopActor
    func nameAndID() async throws {
        let docker = try Docker(code: 3, MainProcess())
        docker.has("running")
        let inspection = Docker.Inspection(status: "running", process: docker.process.id)
        docker.engine.on("GET", "/containers/5ca1/json", inspection.answer)
        docker.engine.on(
            "POST", "/containers/create", .refusal(409, "Conflict. The container name \"/5ca1\" is already in use"))
        let wrapper = try Wrapper(["run", "--name", "5ca1", "image"], environment: docker.engine.environment)
        #expect(try await finish(docker, wrapper).status == .exited(3))
    }

    @Test("only since we looked: we look again")
    @LoopActor
    func conflict() async throws {
        let docker = try Docker(code: 3, MainProcess())
        docker.has("running")
        let found = Docker.Inspection(status: "running", process: docker.process.id).answer
        docker.engine.on("GET", Self.lookupPath, .refusal(404, "No such container: web"), found)
        docker.engine.on(
            "POST", "/containers/create", .refusal(409, "Conflict. The container name \"/web\" is already in use"))
        let folder = try TemporaryFolder()
        let end = try await finish(docker, try docker.run(["--cidfile", folder["id"]]))
        #expect(end.status == .exited(3))
        // No file that waits for an ID which nobody will write.
        #expect(try Files.names(in: folder.path).isEmpty)
        #expect(
            docker.asked == [Self.lookup, "POST /containers/create", Self.lookup] + Self.watch
                + ["GET /containers/ID/json"] + Self.end + Self.lastLook)
    }

    @Test("and gone, but its name is still taken: one more try, and then an error")
    @LoopActor
    func lastingConflict() async throws {
        let docker = try Docker(MainProcess())
        let message = "Conflict. The container name \"/web\" is already in use by container \"0123\""
        docker.engine.on("POST", "/containers/create", .refusal(409, message))
        let end = try await docker.run().end()
        #expect(end.status == .exited(125))
        #expect(end.error.contains(message))
        #expect(
            docker.asked == [Self.lookup, "POST /containers/create", Self.lookup, "POST /containers/create"])
    }
}
