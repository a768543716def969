// SPDX-License-Identifier: Apache-2.0

import Support
import Systemd
import Testing

@testable import Engine

@Suite("Connecting to a network", .timeLimit(.minutes(1)))
struct NetworkConnectTests {
    private let engine: FakeEngine

    init() throws {
        LoopThread.start()
        engine = try FakeEngine()
    }

    @Test("the container and its end of the network are sent, the network's name escaped")
    @LoopActor
    func request() async throws {
        engine.on("POST", "/networks/*/connect", .json(""))
        let client = try await Client.connect(environment: engine.environment)
        var endpoint = CreateRequest.Endpoint()
        endpoint.aliases = ["db"]
        try await client.connect("c1", to: "back end", as: endpoint)
        let request = try #require(engine.received.last)
        #expect(request.method == "POST")
        #expect(request.path == "/networks/back%20end/connect")
        #expect(request.query == "")
        #expect(
            request.text == """
                {"Container":"c1","EndpointConfig":{"Aliases":["db"],"GwPriority":0,"MacAddress":""}}
                """)
    }

    @Test("a network that is not there is a 404 with the Engine's own words")
    @LoopActor
    func missing() async throws {
        engine.on("POST", "/networks/*/connect", .refusal(404, "network back not found"))
        let client = try await Client.connect(environment: engine.environment)
        let error = await #expect(throws: EngineError.self) {
            try await client.connect("c1", to: "back", as: CreateRequest.Endpoint())
        }
        #expect(error?.isNotFound == true)
        #expect(error?.description.contains("network back not found") == true)
    }
}
