// SPDX-License-Identifier: Apache-2.0

import Linux
import Support
import Systemd
import Testing

@testable import Engine

@Suite("Waiting for a container", .timeLimit(.minutes(1)))
struct ContainerWaitTests {
    private let engine: FakeEngine

    init() throws {
        LoopThread.start()
        engine = try FakeEngine()
    }

    @LoopActor
    private func connect() async throws -> Client { try await Client.connect(environment: engine.environment) }

    @Test("it returns when the Engine listens, and tells the exit code when there is one")
    @LoopActor
    func headerFirst() async throws {
        let ended = try Gate()
        engine.on("POST", "/containers/web/wait", .json(#"{"StatusCode":137}"#, after: ended))
        engine.on("POST", "/containers/web/start", .empty(204))
        let client = try await connect()
        let wait = try await client.wait("web", until: .nextExit)
        // The Engine answers this while the wait goes on.
        try await client.start("web")
        #expect(!ended.isOpen)
        ended.open()
        #expect(try await wait.exitCode() == 137)
        #expect(engine.received.map(\.path) == ["/_ping", "/containers/web/wait", "/containers/web/start"])
    }

    @Test("it does not return before the Engine has answered")
    @LoopActor
    func notBefore() async throws {
        let header = try Gate()
        let whole = Answer.json(#"{"StatusCode":0}"#)
        engine.on("POST", "/containers/web/wait", Answer(.pass(header), whole.steps[0]))
        let client = try await connect()
        var returned = false
        let task = Task { @LoopActor in
            let wait = try await client.wait("web", until: .notRunning)
            returned = true
            return try await wait.exitCode()
        }
        _ = try await engine.arrival(of: "POST", "/containers/web/wait")
        _ = try await client.info()
        #expect(!returned)
        header.open()
        #expect(try await task.value == 0)
    }

    @Test("a container that is not there is told at once, not when one asks for its exit code", arguments: [404, 500])
    @LoopActor
    func refusedAtOnce(status: Int) async throws {
        engine.on("POST", "/containers/web/wait", .refusal(status, "no"))
        let client = try await connect()
        await #expect(throws: EngineError.refused(call: "POST /containers/web/wait", status: status, message: "no")) {
            _ = try await client.wait("web", until: .nextExit)
        }
    }

    @Test("an exit code may be asked for long after it came, and twice")
    @LoopActor
    func late() async throws {
        engine.on("POST", "/containers/web/wait", .json(#"{"StatusCode":3,"Error":{"Message":""}}"#))
        let client = try await connect()
        let wait = try await client.wait("web", until: .nextExit)
        _ = try await client.info()
        #expect(try await wait.exitCode() == 3)
        #expect(try await wait.exitCode() == 3)
    }

    @Test("what went wrong with the wait itself is an error")
    @LoopActor
    func failed() async throws {
        engine.on(
            "POST", "/containers/web/wait",
            .json(#"{"StatusCode":-1,"Error":{"Message":"container is marked for removal"}}"#))
        let wait = try await connect().wait("web", until: .nextExit)
        await #expect(
            throws: EngineError.refused(
                call: "POST /containers/web/wait", status: 200, message: "container is marked for removal")
        ) { _ = try await wait.exitCode() }
    }

    @Test("a daemon that is restarted meanwhile has broken the connection")
    @LoopActor
    func cut() async throws {
        let restart = try Gate()
        engine.on(
            "POST", "/containers/web/wait",
            Answer(.send(Answer.head(200, ["Transfer-Encoding": "chunked"])), .pass(restart), .close))
        let wait = try await connect().wait("web", until: .nextExit)
        restart.open()
        do {
            _ = try await wait.exitCode()
            Issue.record("there is no exit code")
        } catch {
            guard case .cut("POST /containers/web/wait", _) = error else { throw error }
        }
    }

    @Test("who no longer waits hangs up", arguments: [true, false])
    @LoopActor
    func cancelled(afterHeader: Bool) async throws {
        let left = try Gate()
        var answer = Answer(.hang, .open(left))
        if afterHeader { answer.steps.insert(.send(Answer.head(200, ["Transfer-Encoding": "chunked"])), at: 0) }
        engine.on("POST", "/containers/web/wait", answer)
        let client = try await connect()
        let waiting = try Gate()
        let task = Task { @LoopActor in
            let wait = try await client.wait("web", until: .nextExit)
            waiting.open()
            return try await wait.exitCode()
        }
        _ = try await engine.arrival(of: "POST", "/containers/web/wait")
        if afterHeader { try await waiting.opened() }
        task.cancel()
        await #expect(throws: EngineError.self) { try await task.value }
        try await left.opened()
    }

    @Test(
        "each condition has its word",
        arguments: [(WaitCondition.notRunning, "not-running"), (.nextExit, "next-exit"), (.removed, "removed")])
    @LoopActor
    func conditions(condition: WaitCondition, word: String) async throws {
        engine.on("POST", "/containers/web/wait", .json(#"{"StatusCode":0}"#))
        _ = try await connect().wait("web", until: condition).exitCode()
        #expect(engine.received.last?.query == "condition=\(word)")
    }
}
