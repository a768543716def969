// SPDX-License-Identifier: Apache-2.0

import Support
import Systemd
import Testing

@testable import Engine

@Suite("Commands in a container", .timeLimit(.minutes(1)))
struct ExecTests {
    init() { LoopThread.start() }

    @Test("a prepared command is started with its output as a stream")
    @LoopActor
    func start() async throws {
        let (engine, hijack) = (try FakeEngine(), try Hijack())
        engine.on("POST", "/exec/e1/start", .hijack(hijack))
        let client = try await Client.connect(environment: engine.environment)
        let stream = try await client.startExec("e1")
        let request = try #require(engine.received.last)
        #expect(request.text == #"{"Detach":false,"Tty":false}"#)
        #expect(request.headers["upgrade"] == "tcp")
        try await hijack.send(Array("done\n".utf8))
        #expect(try await stream.read() == Array("done\n".utf8))
        try await hijack.close()
        #expect(try await stream.read().isEmpty)
    }

    @Test("one that cannot be started is refused in the Engine's words", arguments: [404, 409, 500])
    @LoopActor
    func refused(status: Int) async throws {
        let engine = try FakeEngine()
        engine.on("POST", "/exec/*/start", .refusal(status, "no"))
        let client = try await Client.connect(environment: engine.environment)
        let error = await #expect(throws: EngineError.self) { _ = try await client.startExec("e/1") }
        #expect(error?.status == status)
        #expect(engine.received.last?.path == "/exec/e%2F1/start")
    }
}
