// SPDX-License-Identifier: Apache-2.0

import Linux
import Support
import Systemd
import Testing

@testable import Engine

@Suite("Removing a container", .timeLimit(.minutes(1)))
struct ContainerRemoveTests {
    private let engine: FakeEngine

    init() throws {
        LoopThread.start()
        engine = try FakeEngine()
    }

    @LoopActor
    private func requestsOfRemoval() async throws -> [String] {
        try await Client.connect(environment: engine.environment).remove("web")
        return engine.received.dropFirst().map { "\($0.method) \($0.path)?\($0.query)" }
    }

    private static let delete = "DELETE /containers/web?force=1&v=1"
    private static let wait = "POST /containers/web/wait?condition=removed"

    @Test("404 says that it is gone already", arguments: [204, 404])
    @LoopActor
    func gone(status: Int) async throws {
        engine.on("DELETE", "/containers/web", status == 404 ? .refusal(404, "No such container") : .empty(204))
        #expect(try await requestsOfRemoval() == [Self.delete])
    }

    @Test("409 says that somebody else removes it: then it waits until they have")
    @LoopActor
    func inProgress() async throws {
        let gone = try Gate()
        engine.on("DELETE", "/containers/web", .refusal(409, "removal of container web is already in progress"))
        engine.on("POST", "/containers/web/wait", .json(#"{"StatusCode":0}"#, after: gone))
        let removal = Task { @LoopActor in try await requestsOfRemoval() }
        _ = try await engine.arrival(of: "POST", "/containers/web/wait")
        gone.open()
        #expect(try await removal.value == [Self.delete, Self.wait])
    }

    @Test("and where they were quicker than the question, it is gone as well")
    @LoopActor
    func justGone() async throws {
        engine.on("DELETE", "/containers/web", .refusal(409, "removal of container web is already in progress"))
        engine.on("POST", "/containers/web/wait", .refusal(404, "No such container"))
        #expect(try await requestsOfRemoval() == [Self.delete, Self.wait])
    }

    @Test("a removal that goes wrong while it is waited for is an error")
    @LoopActor
    func failed() async throws {
        engine.on("DELETE", "/containers/web", .refusal(409, "removal of container web is already in progress"))
        engine.on("POST", "/containers/web/wait", .json(#"{"StatusCode":0,"Error":{"Message":"device is busy"}}"#))
        await #expect(throws: EngineError.self) { try await requestsOfRemoval() }
    }
}
