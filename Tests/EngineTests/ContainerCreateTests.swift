// SPDX-License-Identifier: Apache-2.0

import Linux
import Support
import Systemd
import Testing

@testable import Engine

@Suite("Creating a container", .timeLimit(.minutes(1)))
struct ContainerCreateTests {
    private let engine: FakeEngine

    init() throws {
        LoopThread.start()
        engine = try FakeEngine()
    }

    @Test("the body is the request as JSON; without a name there is no query")
    @LoopActor
    func body() async throws {
        engine.on("POST", "/containers/create", .json(#"{"Id":"c1","Warnings":null}"#, status: 201))
        let client = try await Client.connect(environment: engine.environment)
        let made = try await client.create(CreateRequest(image: "busybox:1"), name: nil)
        #expect(made.warnings.isEmpty)
        let request = try #require(engine.received.last)
        #expect(request.query == "")
        #expect(request.text.contains(#""Image":"busybox:1""#))
        #expect(request.headers["content-type"] == "application/json")
    }
    @Test("a container is connected to one more network by its name there")
    @LoopActor
    func network() async throws {
        engine.on("POST", "/networks/back/connect", .json(""))
        let client = try await Client.connect(environment: engine.environment)
        try await client.connect("c1", to: "back", as: CreateRequest.Endpoint())
        let request = try #require(engine.received.last)
        #expect(request.text.contains(#""Container":"c1""#))
        #expect(request.text.contains(#""EndpointConfig":{"#))
    }
}
