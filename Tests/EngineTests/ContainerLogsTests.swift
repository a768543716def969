// SPDX-License-Identifier: Apache-2.0

import Support
import Systemd
import Testing

@testable import Engine

@Suite("A container's log", .timeLimit(.minutes(1)))
struct ContainerLogsTests {
    init() { LoopThread.start() }

    @Test("it is asked for by HTTP/1.0, so that what comes is the log and nothing else")
    @LoopActor
    func plain() async throws {
        let (engine, hijack) = (try FakeEngine(), try Hijack())
        engine.on("GET", "/containers/web/logs", .hijack(hijack))
        let client = try await Client.connect(environment: engine.environment)
        let stream = try await client.logs("web", since: LogTime(nanoseconds: 1_795_270_639_000_000_042))
        try await hijack.send(Array("bytes".utf8))
        #expect(try await stream.read() == Array("bytes".utf8))
        try await hijack.close()
        #expect(try await stream.read().isEmpty)
        let request = try #require(engine.received.last)
        #expect(request.query == "follow=1&stdout=1&stderr=1&timestamps=1&since=1795270639.000000042")
        #expect(request.httpVersion == "HTTP/1.0")
        #expect(request.headers["upgrade"] == nil)
    }

    @Test("a driver that cannot be read is a refusal, a container that is gone is not found", arguments: [501, 404])
    @LoopActor
    func refused(status: Int) async throws {
        let engine = try FakeEngine()
        engine.on("GET", "/containers/web/logs", .refusal(status, "no"))
        let client = try await Client.connect(environment: engine.environment)
        let error = await #expect(throws: EngineError.self) { try await client.logs("web", since: .now) }
        #expect(error == .refused(call: "GET /containers/web/logs", status: status, message: "no"))
    }
}
