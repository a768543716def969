// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Systemd
import Testing

@Suite("Ready, and well", .timeLimit(.minutes(1)))
struct ReadyTests {
    private static let check = #"{"Test":["CMD-SHELL","true"],"Interval":2000000000,"Timeout":1000000000,"Retries":2}"#

    init() { LoopThread.start() }

    /// What the Engine says of its health: the status, failed checks in a row, what the last one said.
    private static func health(_ status: String, _ failures: Int = 0, check: Int = 0) -> String {
        let log = #"[{"Start":"","End":"\#(check)","ExitCode":1,"Output":"no\nanswer\n"}]"#
        return #"{"Status":"\#(status)","FailingStreak":\#(failures),"Log":\#(log)}"#
    }

    private static func event(_ action: String) -> Answer.Step {
        .send(Answer.chunk(#"{"Action":"\#(action)","Actor":{"ID":"\#(Docker.id)"}}"# + "\n"))
    }

    /// A container with a HEALTHCHECK whose looks, one after the other, are these; each event comes when its gate opens.
    @LoopActor
    private func docker(
        code: Int = 0, process: MainProcess, looks: [String], events: [(gate: Gate, action: String)] = []
    ) throws -> Docker {
        let docker = try Docker(code: code, process) { $0.healthcheck = Self.check }
        var looks = looks.map { health in
            var inspection = docker.inspection
            (inspection.status, inspection.process, inspection.health) = ("running", process.id, health)
            return inspection.answer
        }
        // The one behind the creation, and the one that finds the process.
        looks.insert(looks[0], at: 0)
        looks.insert(docker.inspection.answer, at: 0)
        docker.engine.on("GET", "\(Docker.path)/json", looks)
        var stream = Answer(.send(Answer.head(200, ["Transfer-Encoding": "chunked"])))
        for (gate, action) in events { stream.steps += [.pass(gate), Self.event(action)] }
        stream.steps.append(.hang)
        docker.engine.on("GET", "/events", stream)
        return docker
    }

    @LoopActor
    private func run(
        _ docker: Docker, _ manager: Manager, _ wrapper: [String], environment: [String: String] = [:]
    ) throws -> Wrapper {
        try docker.run(
            ["--rm"], wrapper: ["--placement", "none", "--engine-timeout", "0"] + wrapper,
            environment: manager.environment.merging(environment) { $1 })
    }

    @LoopActor
    private func finish(_ docker: Docker, _ wrapper: Wrapper) async throws -> Linux.ExitStatus {
        try docker.process.exit(0)
        try await docker.ended()
        return try await wrapper.end().status
    }

    @Test("READY waits until it is healthy; meanwhile each check gives the start more time")
    @LoopActor
    func healthy() async throws {
        let (manager, gates) = (try Manager(), [try Gate(), try Gate()])
        let docker = try docker(
            process: try MainProcess(),
            looks: [
                Self.health("starting"), Self.health("starting", 1, check: 1), Self.health("healthy", check: 2),
            ],
            events: [(gates[0], "exec_die"), (gates[1], "health_status: healthy")])
        let wrapper = try run(docker, manager, ["--ready", "healthy"])
        try await manager.isTold("STATUS=container web: waiting for healthy (0/2)")
        gates[0].open()
        try await manager.isTold("STATUS=container web: waiting for healthy (1/2)")
        // Two seconds to the check, one for it, ten for a Docker that is busy.
        #expect(manager.fields == Array(repeating: "EXTEND_TIMEOUT_USEC=13000000", count: 3))
        gates[1].open()
        try await manager.isTold("STATUS=container web is running (healthy)")
        #expect(manager.fields.last == "READY=1")
        #expect(try await finish(docker, wrapper) == .exited(0))
    }

    @Test("it listens to each check until it is ready, and only to changes from then on")
    @LoopActor
    func listens() async throws {
        let manager = try Manager()
        let docker = try docker(process: try MainProcess(), looks: [Self.health("healthy")])
        let wrapper = try run(docker, manager, ["--ready", "healthy"])
        try await manager.isTold("READY=1")
        _ = try await docker.engine.arrival(of: "GET", "/events", times: 2)
        let queries = docker.engine.received.filter { $0.path == "/events" }.map(\.query)
        #expect(queries.map { $0.contains("exec_die") } == [true, false])
        #expect(try await finish(docker, wrapper) == .exited(0))
    }

    @Test("one that turns unhealthy first is stopped, and has failed")
    @LoopActor
    func neverHealthy() async throws {
        let manager = try Manager()
        let docker = try docker(
            process: try MainProcess("trap 'exit 0' TERM"), looks: [Self.health("unhealthy", 2, check: 2)])
        let wrapper = try run(docker, manager, ["--ready", "healthy"])
        _ = try await docker.process.ended()
        try await docker.streams.close()
        docker.reported.open()
        let end = try await wrapper.end()
        #expect(end.status == .exited(69))
        #expect(
            end.error == """
                systemd-docker: container web became unhealthy before it was ready, stopping it: \
                its last check ended with 1: no answer\n
                """)
        try manager.readAll()
        #expect(!manager.fields.contains("READY=1"))
    }

    @Test("one that ends first ends with its own exit status", arguments: ["--ready=healthy", "--ready=notify"])
    @LoopActor
    func endedFirst(option: String) async throws {
        let name = "web-\(getpid())-\(option.dropFirst(8))"
        let (manager, process) = (try Manager(), try MainProcess())
        let docker = try Docker(code: 3, name: name, process) { $0.healthcheck = Self.check }
        let wrapper = try run(docker, manager, [option])
        try await docker.say("last words\n")
        try await wrapper.says("last words\n")
        try process.exit(3)
        try await docker.ended()
        let end = try await wrapper.end()
        #expect(end.status == .exited(3))
        #expect(end.error == "systemd-docker: container \(name) ended before it was ready\n")
        try manager.readAll()
        #expect(!manager.fields.contains("READY=1"))
    }

    @Test(
        "what needs a HEALTHCHECK fails at once without one, and leaves nothing",
        arguments: [["--ready", "healthy"], ["--on-unhealthy", "stop"], ["--on-unhealthy", "kill"]],
        [nil, #"{"Test":["NONE"]}"#, #"{"Test":[]}"#, #"{"Interval":1}"#])
    @LoopActor
    func noHealthcheck(options: [String], check: String?) async throws {
        let docker = try Docker(MainProcess()) { $0.healthcheck = check }
        let end = try await docker.run(wrapper: options).end()
        #expect(end.status == .exited(64))
        #expect(end.error.contains("container web has no HEALTHCHECK"))
        #expect(docker.asked.last == "DELETE /containers/ID")
        #expect(!docker.asked.contains("POST /containers/ID/start"))
    }

    @Test("--no-healthcheck contradicts what needs one, before anything is asked of Docker")
    @LoopActor
    func contradiction() async throws {
        let docker = try Docker(MainProcess())
        let end = try await docker.run(["--no-healthcheck"], wrapper: ["--ready", "healthy"]).end()
        #expect(end.status == .exited(64))
        #expect(docker.engine.received.isEmpty)
    }

    @Test("one that turns unhealthy later is ended as --on-unhealthy says", arguments: ["stop", "kill"])
    @LoopActor
    func onUnhealthy(action: String) async throws {
        let (manager, gate) = (try Manager(), try Gate())
        let process = try MainProcess("trap 'exit 0' TERM")
        let docker = try docker(
            process: process, looks: [Self.health("healthy"), Self.health("unhealthy", 2)],
            events: [(gate, "health_status: unhealthy")])
        let wrapper = try run(docker, manager, ["--on-unhealthy", action])
        try await manager.isTold("STATUS=container web is running (healthy)")
        gate.open()
        #expect(try await process.ended() == (action == "kill" ? .signaled(.kill) : .exited(0)))
        try await docker.streams.close()
        docker.reported.open()
        #expect(try await wrapper.end().status == .exited(69))
        try manager.readAll()
        #expect(manager.fields == ["READY=1", "STOPPING=1"])
    }

    @Test("a pause shows, and its end; and a stream that breaks is followed by another and a look")
    @LoopActor
    func pause() async throws {
        let (manager, gates) = (try Manager(), [try Gate(), try Gate()])
        let docker = try docker(process: try MainProcess(), looks: [Self.health("healthy")])
        let head = Answer.Step.send(Answer.head(200, ["Transfer-Encoding": "chunked"]))
        docker.engine.on(
            "GET", "/events",
            [
                Answer(
                    head, .pass(gates[0]), Self.event("pause"), .pass(gates[1]), Self.event("unpause"),
                    .send(Answer.chunk("garbage\n"))),
                Answer(.close), Answer(head, .hang),
            ])
        let wrapper = try run(docker, manager, [])
        for (status, gate) in [("paused", gates[0]), ("running", gates[1])] {
            try await manager.isTold("STATUS=container web is running (healthy)")
            var inspection = docker.inspection
            (inspection.status, inspection.process) = (status, docker.process.id)
            inspection.health = Self.health("healthy")
            docker.engine.on("GET", "\(Docker.path)/json", inspection.answer)
            gate.open()
            if status == "paused" { try await manager.isTold("STATUS=container web is running (paused)") }
        }
        try await manager.isTold("STATUS=container web is running (healthy)", times: 2)
        _ = try await docker.engine.arrival(of: "GET", "/events", times: 3)
        #expect(try await finish(docker, wrapper) == .exited(0))
        #expect(docker.engine.received.count { $0.path == "/events" && !$0.query.contains("until=") } == 3)
    }

    // MARK: Watchdog

    @Test("the watchdog is pinged in half its time")
    @LoopActor
    func watchdog() async throws {
        let (docker, manager) = (try Docker(MainProcess()), try Manager())
        let wrapper = try run(docker, manager, [], environment: ["WATCHDOG_USEC": "20000"])
        try await manager.isTold("WATCHDOG=1", times: 5)
        // A manager that does not listen would hold it up.
        let listening = EventLoop.shared.task { try await manager.isTold("no more") }
        defer { listening.cancel() }
        #expect(try await finish(docker, wrapper) == .exited(0))
    }

    @Test("a watchdog that is another process's is not pinged; in notify mode the container knows its time")
    @LoopActor
    func foreignWatchdog() async throws {
        let (docker, manager) = (try Docker(MainProcess()), try Manager())
        let wrapper = try run(docker, manager, [], environment: ["WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"])
        try await manager.isTold("READY=1")
        #expect(try await finish(docker, wrapper) == .exited(0))
        try manager.readAll()
        #expect(manager.fields == ["READY=1"])

        let name = "web-\(getpid())-dog"
        let other = try Docker(name: name, MainProcess())
        let notifying = try run(other, manager, ["--notify"], environment: ["WATCHDOG_USEC": "20000"])
        let creation = try await other.engine.arrival(of: "POST", "/containers/create")
        #expect(creation.text.contains(#""WATCHDOG_USEC=20000""#))
        #expect(try await finish(other, notifying) == .exited(0))
        try manager.readAll()
        #expect(!manager.fields.contains("WATCHDOG=1"))
    }

    @Test("the manager's SIGABRT reaches the container, and we die of it as well")
    @LoopActor
    func abort() async throws {
        let docker = try Docker(code: 134, MainProcess())
        let wrapper = try await docker.running([])
        wrapper.send(.abort)
        #expect(try await docker.process.ended() == .signaled(.abort))
        try await docker.streams.close()
        docker.reported.open()
        #expect(try await wrapper.end().status == .signaled(.abort))
    }

    @Test("the third SIGTERM kills outside of a unit, and it ends as cleanly as ever")
    @LoopActor
    func thirdStop() async throws {
        let process = try MainProcess("trap 'echo got >&4' TERM")
        let docker = try Docker(code: 137, process) { $0.removesItself = true }
        let wrapper = try await docker.running()
        for _ in 0..<2 {
            wrapper.send(.terminate)
            #expect(try await process.says() == "got\n")
        }
        wrapper.send(.terminate)
        #expect(try await process.ended() == .signaled(.kill))
        try await docker.streams.close()
        docker.reported.open()
        #expect(
            try await wrapper.end().status
                == (Linux.Process.kernelTellsExitStatus ? .signaled(.kill) : .exited(137)))
    }
}
