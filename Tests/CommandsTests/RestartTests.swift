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

        /// - Parameters:
        ///   - states: What the Engine says of it, each time that it is asked, once its process has ended.
        ///   - tells: Whether the Engine's stream of events tells of the signal and the end.
        ///   - remembers: Whether it tells of them when it is asked for what has happened.
        init(
            _ states: [String], removes: Bool = false, policy: String = "no", restarts: Int = 0, tells: Bool = true,
            remembers: Bool = true
        ) throws {
            docker = try Docker(code: 0, MainProcess()) { $0.removesItself = removes }
            second = try MainProcess()
            (secondStreams, log) = (try Hijack(), try Hijack())
            (secondReported, ended, started) = (try Gate(), try Gate(), try Gate())
            let second = second.id
            func inspection(_ status: String, _ process: Int32) -> Answer {
                var inspection = docker.inspection
                (inspection.status, inspection.process) = (status, status == "running" ? process : 0)
                inspection.restartPolicy = policy
                if status == "running", process == second { inspection.restarts = restarts }
                if status == "former" { (inspection.status, inspection.process) = ("running", docker.process.id) }
                return inspection.answer
            }
            docker.engine.on(
                "GET", "\(Docker.path)/json",
                [docker.inspection.answer, inspection("running", docker.process.id)]
                    + states.map { inspection($0, second) })
            docker.engine.on(
                "POST", "\(Docker.path)/wait", .json(#"{"StatusCode":0}"#, after: docker.reported),
                .json(#"{"StatusCode":3}"#, after: secondReported))
            docker.engine.on("POST", "\(Docker.path)/attach", .hijack(docker.streams), .hijack(secondStreams))
            docker.engine.on("GET", "\(Docker.path)/logs", .hijack(log))
            docker.engine.on("POST", "\(Docker.path)/kill", .empty(204))
            docker.engine.on("POST", "\(Docker.path)/stop", .empty(204))
            let head = Answer.head(200, ["Transfer-Encoding": "chunked"])
            var events = Answer(.send(head), .pass(ended))
            if tells { events.steps += [Self.event("kill"), Self.event("die"), Self.event("stop")] }
            if states.contains("running") { events.steps += [.pass(started), Self.event("start")] }
            events.steps.append(.hang)
            docker.engine.on("GET", "/events", events, Answer(.send(head), .hang))
            // Of the second process there is nothing to remember.
            let past = Answer(.send(head), Self.event("kill"), Self.event("die"), .send(Answer.chunk("")))
            docker.engine.on("GET", "/events?until", (remembers ? [past] : []) + [.chunked([])])
        }

        private static func event(_ action: String) -> Answer.Step {
            .send(Answer.chunk(#"{"Action":"\#(action)","Actor":{"ID":"\#(Docker.id)"},"timeNano":5000000001}"# + "\n"))
        }
    }

    @Test("restarted: the next process is followed to its end", arguments: [false, true])
    @LoopActor
    func restarted(removes: Bool) async throws {
        let life = try Life(["running", "running", "exited"], removes: removes)
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
        #expect(try await wrapper.goesOn())
        try life.second.exit(3)
        _ = try await life.second.ended()
        try await life.log.close()
        life.secondReported.open()
        let end = try await wrapper.end()
        #expect(end.status == .exited(3))
        #expect(end.error == "systemd-docker: container web was restarted by way of Docker: following it\n")
        life.docker.reported.open()
    }

    @Test(
        "restarted by a daemon that takes its time, or tells late of what it does: it is followed all the same",
        arguments: [
            // It is asked so often before it has begun to start the container, and was told of the signal or not.
            (["exited", "exited", "exited"], true, true),
            (["exited", "exited"], false, true),
            // Docker has not noticed the end yet.
            (["former", "exited"], true, true),
            // It had no part in the end, as far as it tells: the last look finds the next process.
            (["exited"], false, false),
        ])
    @LoopActor
    func late(states: [String], tells: Bool, remembers: Bool) async throws {
        let life = try Life(states + ["running", "running", "exited"], tells: tells, remembers: remembers)
        let wrapper = try await life.docker.running([])
        if states.first != "former" { life.ended.open() }
        try life.docker.process.exit(0)
        _ = try await life.docker.process.ended()
        _ = try await life.docker.engine.arrival(of: "GET", "\(Docker.path)/json", times: 3)
        life.ended.open()
        try await life.docker.streams.close()
        life.docker.reported.open()
        try await wrapper.complains("was restarted by way of Docker")
        life.started.open()
        // As it was told when the last one ended, or not.
        try await life.log.send(Docker.frame("2100-01-01T00:00:06.000000000Z again\n"))
        try await wrapper.says("again\n")
        try life.second.exit(3)
        _ = try await life.second.ended()
        try await life.log.close()
        life.secondReported.open()
        #expect(try await wrapper.end().status == .exited(3))
    }

    @Test(
        "a policy that docker update gave it: Docker is told to leave that to the unit, how far it may be with it",
        arguments: [
            ("former", "always"), ("exited", "always"), ("restarting", "always"), ("running", "always"),
            // As an update that has failed half-way leaves it.
            ("restarting", "no"), ("running", "no"),
        ])
    @LoopActor
    func policy(state: String, policy: String) async throws {
        let life = try Life([state], policy: policy, restarts: 1, tells: false, remembers: false)
        let wrapper = try await life.docker.running([])
        try life.docker.process.exit(4)
        try await life.docker.ended(takesNote: false)
        let end = try await wrapper.end()
        #expect(end.status == .exited(4))
        #expect(end.error.contains("container web has a restart policy"))
        #expect(life.docker.engine.received.contains { $0.path == "\(Docker.path)/kill" })
        life.ended.open()
        life.started.open()
    }

    @Test("not started again: its end is ours")
    @LoopActor
    func ended() async throws {
        let life = try Life(["exited"])
        let wrapper = try await life.docker.running([])
        life.ended.open()
        try life.docker.process.exit(0)
        try await life.docker.ended(takesNote: false)
        #expect(try await wrapper.end() == Wrapper.End(status: .exited(0), output: "up\n", error: ""))
    }

    @Test(
        "a daemon that dies before it has said whether it restarts the container: the end is ours, at once",
        arguments: ["\(Docker.path)/json", "/events?until"])
    @LoopActor
    func deserted(question: String) async throws {
        let docker = try Docker(MainProcess()) { $0.removesItself = true }
        let death = try Gate()
        let head = Answer.head(200, ["Transfer-Encoding": "chunked"])
        docker.engine.on("POST", "\(Docker.path)/wait", Answer(.send(head), .pass(death), .close))
        docker.engine.on("GET", "/events", Answer(.send(head), .pass(death), .close), Answer(.hang))
        let wrapper = try await docker.running()
        // As systemd holds the socket: connected, and no answer.
        docker.engine.on("GET", question, Answer(.hang))
        docker.engine.on("GET", "/_ping", Answer(.hang))
        try docker.process.exit(3)
        _ = try await docker.process.ended()
        try await docker.streams.close()
        _ = try await docker.engine.arrival(
            of: "GET", question, times: question.hasSuffix("json") ? 3 : 1)
        let begin = ContinuousClock.now
        death.open()
        #expect(try await wrapper.end().status == .exited(3))
        #expect(ContinuousClock.now - begin < .seconds(15))
    }

    @Test("asked to stop in the midst of it: the next process is killed")
    @LoopActor
    func stopped() async throws {
        let life = try Life(["running", "running", "exited"])
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
