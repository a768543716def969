// SPDX-License-Identifier: Apache-2.0

import Linux
import Support
import Systemd
import Testing

@testable import Engine

@Suite("Events of a container", .timeLimit(.minutes(1)))
struct EventsTests {
    private let engine: FakeEngine

    init() throws {
        LoopThread.start()
        engine = try FakeEngine()
    }

    private static func line(_ action: String, attributes: String = #"{"image":"busybox","name":"web"}"#) -> String {
        """
        {"status":"\(action)","id":"c1","from":"busybox","Type":"container","Action":"\(action)",\
        "Actor":{"ID":"c1","Attributes":\(attributes)},"scope":"local","time":1,"timeNano":1000000007}\n
        """
    }

    @LoopActor
    private func events(_ kinds: [ContainerEvent.Kind] = [.die]) async throws -> ContainerEvents {
        try await Client.connect(environment: engine.environment).events(of: "c1", kinds)
    }

    /// What comes until the stream ends, and how it ends.
    @LoopActor
    private func all(_ events: ContainerEvents) async throws -> (kinds: [ContainerEvent.Kind], end: EngineError) {
        var kinds: [ContainerEvent.Kind] = []
        while true {
            do throws(EngineError) {
                kinds.append(try await events.next().kind)
            } catch {
                return (kinds, error)
            }
        }
    }

    @Test("it asks for the events of one container, of these kinds")
    @LoopActor
    func request() async throws {
        engine.on("GET", "/events", .chunked([Self.line("die")]))
        let event = try await events([.die, .health]).next()
        #expect(event == ContainerEvent(kind: .die, container: "c1", time: LogTime(nanoseconds: 1_000_000_007)))
        let filters = #"{"container":["c1"],"event":["die","health_status"],"type":["container"]}"#
        #expect(engine.received.last?.query == "filters=\(Request.escape(filters))")
    }

    @Test("what has happened is asked for up to now, and answered at once")
    @LoopActor
    func past() async throws {
        engine.on("GET", "/events?until", .chunked([Self.line("kill"), Self.line("unheard of") + Self.line("die")]))
        engine.on("GET", "/events", .refusal(500, "a stream without an end"))
        let before = LogTime.now
        let client = try await Client.connect(environment: engine.environment)
        let events = try await client.pastEvents(of: "c1", [.kill, .die], since: LogTime(nanoseconds: 5_000_000_006))
        #expect(events.map(\.kind) == [.kill, .die])
        let query = try #require(engine.received.last?.query)
        let filters = #"{"container":["c1"],"event":["kill","die"],"type":["container"]}"#
        let start = "filters=\(Request.escape(filters))&since=5.000000006&until="
        #expect(query.hasPrefix(start))
        let until = query.dropFirst(start.count)
        #expect(before.query <= until && until <= LogTime.now.query)
    }

    @Test("the kind is what comes before the colon")
    @LoopActor
    func kinds() async throws {
        let lines = [
            "health_status: healthy", "health_status:unhealthy", "exec_start: /bin/sh -c a: b", "exec_die", "rename",
        ].map { Self.line($0) }
        engine.on("GET", "/events", .chunked(lines))
        let events = try await events()
        #expect(try await all(events).kinds == [.health, .health, .commandStarted, .commandEnded, .rename])
    }

    @Test("it returns when the Engine listens, before anything has happened")
    @LoopActor
    func headerFirst() async throws {
        let happens = try Gate()
        engine.on(
            "GET", "/events",
            Answer(
                .send(Answer.head(200, ["Transfer-Encoding": "chunked"])), .pass(happens),
                .send(Answer.chunk(Self.line("start"))), .hang))
        let events = try await events()
        happens.open()
        #expect(try await events.next().kind == .start)
    }

    @Test("pieces may end anywhere, and a kind that we do not know is passed over")
    @LoopActor
    func pieces() async throws {
        let text = Self.line("start") + "\n" + Self.line("top") + Self.line("die")
        engine.on("GET", "/events", .chunked(text.map { String($0) }))
        let (kinds, end) = try await all(try await events())
        #expect(kinds == [.start, .die])
        #expect(end == .cut(call: "GET /events", reason: "at its end"))
    }

    @Test("it may go on for as long as it likes")
    @LoopActor
    func length() async throws {
        // More than any other answer may have.
        let piece = Self.line("top", attributes: #"{"image":"\#(String(repeating: "x", count: 1 << 18))"}"#)
        let count = (17 << 20) / piece.utf8.count + 1
        engine.on("GET", "/events", .chunked(Array(repeating: piece, count: count) + [Self.line("die")]))
        #expect(try await all(try await events()).kinds == [.die])
    }

    @Test(
        "what is not an event ends the stream",
        arguments: ["garbage\n", "{}\n", "[]\n", #"{"Action":5}"# + "\n", String(repeating: "x", count: 2 << 20)])
    @LoopActor
    func garbage(text: String) async throws {
        engine.on("GET", "/events", .chunked([Self.line("start"), text, Self.line("die")]))
        let (kinds, end) = try await all(try await events())
        #expect(kinds == [.start])
        guard case .garbage("GET /events", _) = end else {
            Issue.record("\(end)")
            return
        }
    }

    @Test("a connection that breaks ends the stream, after what had come before")
    @LoopActor
    func cut() async throws {
        let half = Self.line("die").prefix(20)
        engine.on(
            "GET", "/events",
            Answer(
                .send(Answer.head(200, ["Transfer-Encoding": "chunked"])),
                .send(Answer.chunk(Self.line("start") + half)), .close))
        let (kinds, end) = try await all(try await events())
        #expect(kinds == [.start])
        guard case .cut("GET /events", _) = end else {
            Issue.record("\(end)")
            return
        }
    }

    @Test("who waits for an event is told when we hang up; a second time changes nothing")
    @LoopActor
    func close() async throws {
        engine.on("GET", "/events", Answer(.send(Answer.head(200, ["Transfer-Encoding": "chunked"])), .hang))
        let events = try await events()
        let waiting = EventLoop.shared.task { try await self.all(events).end }
        EventLoop.shared.task { events.close() }
        #expect(try await waiting.value == .cut(call: "GET /events", reason: "cancelled"))
        events.close()
    }

    @Test("a refusal is told at once", arguments: [400, 500])
    @LoopActor
    func refused(status: Int) async throws {
        engine.on("GET", "/events", .refusal(status, "no"))
        await #expect(throws: EngineError.refused(call: "GET /events", status: status, message: "no")) {
            _ = try await self.events()
        }
    }
}
