// SPDX-License-Identifier: Apache-2.0

import Linux
import Support
import Systemd
import Testing

@Suite("A container that Docker is told to end or to restart", .timeLimit(.minutes(1)))
struct RestartTests {
    init() { LoopThread.start() }

    /// A container that ends once, and what the Engine says of it from then on.
    @LoopActor
    private struct Life {
        let docker: Docker
        let second: MainProcess
        let (secondStreams, log): (Hijack, Hijack)
        let secondReported: Gate
        /// Lets the Engine tell of the signal and the end, and of the start.
        let (ended, started): (Gate, Gate)

        init(startsAgain: Bool, removes: Bool = false) throws {
            docker = try Docker(code: 0, MainProcess()) { $0.removesItself = removes }
            second = try MainProcess()
            (secondStreams, log) = (try Hijack(), try Hijack())
            (secondReported, ended, started) = (try Gate(), try Gate(), try Gate())
            var (first, next) = (docker.inspection, docker.inspection)
            (first.status, first.process) = ("running", docker.process.id)
            (next.status, next.process) = startsAgain ? ("running", second.id) : ("exited", 0)
            docker.engine.on(
                "GET", "\(Docker.path)/json", docker.inspection.answer, first.answer, next.answer)
            docker.engine.on(
                "POST", "\(Docker.path)/wait", .json(#"{"StatusCode":0}"#, after: docker.reported),
                .json(#"{"StatusCode":3}"#, after: secondReported))
            docker.engine.on("POST", "\(Docker.path)/attach", .hijack(docker.streams), .hijack(secondStreams))
            docker.engine.on("GET", "\(Docker.path)/logs", .hijack(log))
            docker.engine.on("POST", "\(Docker.path)/kill", .empty(204))
            let head = Answer.head(200, ["Transfer-Encoding": "chunked"])
            var events = Answer(.send(head), .pass(ended), Self.event("kill"), Self.event("die"), Self.event("stop"))
            if startsAgain { events.steps += [.pass(started), Self.event("start")] }
            events.steps.append(.hang)
            docker.engine.on("GET", "/events", events, Answer(.send(head), .hang))
        }

        private static func event(_ action: String) -> Answer.Step {
            .send(Answer.chunk(#"{"Action":"\#(action)","Actor":{"ID":"\#(Docker.id)"},"timeNano":5000000001}"# + "\n"))
        }
    }

    @Test("restarted: the next process is followed to its end", arguments: [false, true])
    @LoopActor
    func restarted(removes: Bool) async throws {
        let life = try Life(startsAgain: true, removes: removes)
        let wrapper = try await life.docker.running(removes ? ["--rm"] : [])
        life.ended.open()
        try life.docker.process.exit(0)
        _ = try await life.docker.process.ended()
        try await life.docker.streams.close()
        // With --rm Docker has nothing to report before it has removed it.
        if !removes { life.docker.reported.open() }
        life.started.open()
        // What it says before we are attached once more is in the log.
        try await life.log.send(Docker.frame("1970-01-01T00:00:06.000000000Z again\n"))
        try await wrapper.says("up\nagain\n")
        let query = life.docker.engine.received.first { $0.path.hasSuffix("/logs") }?.query
        #expect(query?.contains("since=5.000000001") == true)
        #expect(!wrapper.hasEnded)
        try life.second.exit(3)
        _ = try await life.second.ended()
        try await life.log.close()
        life.secondReported.open()
        let end = try await wrapper.end()
        #expect(end.status == .exited(3))
        #expect(end.error == "systemd-docker: container web was restarted by way of Docker: following it\n")
        life.docker.reported.open()
    }

    @Test("not started again: its end is ours")
    @LoopActor
    func ended() async throws {
        let life = try Life(startsAgain: false)
        let wrapper = try await life.docker.running([])
        life.ended.open()
        try life.docker.process.exit(0)
        try await life.docker.ended()
        #expect(try await wrapper.end() == Wrapper.End(status: .exited(0), output: "up\n", error: ""))
    }

    @Test("asked to stop in the midst of it: the next process is killed")
    @LoopActor
    func stopped() async throws {
        let life = try Life(startsAgain: true)
        let wrapper = try await life.docker.running([])
        life.ended.open()
        try life.docker.process.exit(0)
        _ = try await life.docker.process.ended()
        wrapper.send(.terminate)
        life.started.open()
        _ = try await life.docker.engine.arrival(of: "POST", "\(Docker.path)/kill")
        try await life.docker.streams.close()
        life.docker.reported.open()
        #expect(try await wrapper.end().status == .exited(0))
    }
}
