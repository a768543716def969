// SPDX-License-Identifier: Apache-2.0

import Support
import Systemd
import Testing

@testable import Engine

@Suite("Events of containers that are made", .timeLimit(.minutes(1)))
struct CreationEventTests {
    init() { LoopThread.start() }

    @Test("it asks for creations with a label, of whatever container")
    @LoopActor
    func creations() async throws {
        let engine = try FakeEngine()
        let line = #"{"Type":"container","Action":"create","Actor":{"ID":"c1"},"timeNano":7}"# + "\n"
        engine.on("GET", "/events", .chunked([line]))
        let client = try await Client.connect(environment: engine.environment)
        let events = try await client.creations(filters: ["label": ["run=1"]])
        let event = try await events.next()
        #expect(event.kind == .create && event.container == "c1")
        let filters = #"{"event":["create"],"label":["run=1"],"type":["container"]}"#
        #expect(engine.received.last?.query == "filters=\(Request.escape(filters))")
    }
}
