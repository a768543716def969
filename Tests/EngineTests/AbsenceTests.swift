// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Systemd
import Testing

@testable import Engine

@Suite("An Engine that is away", .timeLimit(.minutes(1)))
struct AbsenceTests {
    private let engine: FakeEngine
    private static let timeout = Duration.seconds(60)
    private static let ok = Answer.json("OK", headers: ["Api-Version": "1.45"])

    init() throws {
        LoopThread.start()
        engine = try FakeEngine()
    }

    @Test("comes in time: it is connected to, whatever it answered until then")
    @LoopActor
    func comes() async throws {
        engine.on("GET", "/_ping", .closed, .refusal(503, "starting"), .closed, Self.ok)
        let client = try await Client.connect(environment: engine.environment, timeout: Self.timeout)
        #expect(client.version == APIVersion(major: 1, minor: 45))
        #expect(engine.received.count == 4)
    }

    @Test("has its socket made only while we wait for it")
    @LoopActor
    func socketComes() async throws {
        let folder = try TemporaryFolder()
        let environment = ["DOCKER_HOST": "unix://\(folder["docker.sock"])"]
        let connecting = EventLoop.shared.task {
            try await Client.connect(environment: environment, timeout: Self.timeout).host.socket
        }
        try await Gate.onceAround()
        try system("rename", on: folder.path) { rename(engine.socket, folder["docker.sock"]) }
        #expect(try await connecting.value == folder["docker.sock"])
    }

    @Test("does not come: the last error is thrown, and a task that is cancelled waits no more")
    @LoopActor
    func staysAway() async throws {
        engine.on("GET", "/_ping", .closed)
        await #expect(throws: EngineError.self) {
            try await Client.connect(environment: engine.environment, timeout: .milliseconds(300))
        }
        let environment = engine.environment
        let connecting = EventLoop.shared.task {
            _ = try await Client.connect(environment: environment, timeout: Self.timeout)
        }
        connecting.cancel()
        await #expect(throws: EngineError.self) { try await connecting.value }
    }

    @Test("for good: what waiting does not help against is told at once")
    @LoopActor
    func isUseless() async throws {
        engine.on("GET", "/_ping", .json("OK", headers: ["Api-Version": "1.24"]))
        await #expect(throws: EngineError.self) {
            try await Client.connect(environment: engine.environment, timeout: Self.timeout)
        }
        #expect(engine.received.count == 1)
    }

    @Test("is asked again until it answers, once it was lost")
    @LoopActor
    func comesBack() async throws {
        let client = try await Client.connect(environment: engine.environment)
        engine.on("GET", "/_ping", .closed, .refusal(503, "starting"), Self.ok)
        try await client.daemon.back(after: client.daemon.session)
        #expect(engine.received.count == 4)
    }

    @Test("is not connected to before another daemon runs, as its pid file tells")
    @LoopActor
    func isNotWoken() async throws {
        let file = String(engine.socket.dropLast("sock".count)) + "pid"
        let (former, next) = (try Child("exec sleep 1000"), try Child("exec sleep 1000"))
        try Files.replace(file, with: "\(former.id)")
        let client = try await Client.connect(environment: engine.environment)
        let session = client.daemon.session
        let waiting = EventLoop.shared.task { try await client.daemon.back(after: session) }
        try await Gate.onceAround()
        former.send(.kill)
        _ = try former.reap()
        try await Gate.onceAround()
        try Files.remove(file)
        try await Gate.onceAround()
        #expect(engine.received.count == 1)
        try Files.replace(file, with: "\(next.id)\n")
        try await waiting.value
        #expect(engine.received.count == 2)
        #expect(client.daemon.session.process == next.id)
    }
}
