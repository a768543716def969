// SPDX-License-Identifier: Apache-2.0

import Linux
import Support
import Systemd
import Testing

@testable import Engine

@Suite("Attaching", .timeLimit(.minutes(1)))
struct AttachTests {
    private static let path = "/containers/web/attach"
    private static let call = "POST /containers/web/attach"

    private let engine: FakeEngine
    private let hijack: Hijack

    init() throws {
        LoopThread.start()
        engine = try FakeEngine()
        hijack = try Hijack()
    }

    @LoopActor
    private func attach(_ answer: Answer) async throws -> HijackedStream {
        engine.on("POST", Self.path, answer)
        return try await Client.connect(environment: engine.environment).attach("web", withInput: true)
    }

    /// Attaches to an Engine that goes on only when the first part has been read.
    @LoopActor
    private func attach(_ first: [UInt8], then second: [UInt8], _ end: Answer.Step) async throws -> HijackedStream {
        let (sent, read) = (try Gate(), try Gate())
        let task = Task { @LoopActor in
            try await attach(Answer(.send(first), .open(sent), .pass(read), .send(second), end))
        }
        try await sent.opened()
        // Once around the loop.
        try await Gate.onceAround()
        read.open()
        return try await task.value
    }

    @LoopActor
    private func failure(_ answer: Answer) async throws -> EngineError? {
        try await failure { try await attach(answer) }
    }

    @LoopActor
    private func failure(
        _ attach: @LoopActor () async throws -> HijackedStream
    ) async throws -> EngineError? {
        do {
            _ = try await attach()
            return nil
        } catch let error as EngineError {
            return error
        }
    }

    @LoopActor
    private func readAll(_ stream: HijackedStream) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let piece = try await stream.read()
            if piece.isEmpty { return bytes }
            bytes += piece
        }
    }

    @Test("the request asks for the switch, and carries the version")
    @LoopActor
    func request() async throws {
        _ = try await attach(.hijack(hijack))
        let request = try #require(engine.received.last)
        #expect(request.target == "/v1.45/containers/web/attach?stream=1&stdout=1&stderr=1&stdin=1")
        #expect(request.headers["connection"] == "Upgrade")
        #expect(request.headers["upgrade"] == "tcp")
        #expect(request.headers["host"] == "docker")
    }

    @Test("bytes right behind the header are not lost, and come before what follows")
    @LoopActor
    func rightBehind() async throws {
        let stream = try await attach(.hijack(hijack, rightBehind: Array("first ".utf8)))
        #expect(try await stream.read() == Array("first ".utf8))
        try await hijack.send(Array("second".utf8))
        try await hijack.close()
        #expect(try await readAll(stream) == Array("second".utf8))
    }

    @Test("a header that comes in pieces, cut anywhere, is one header")
    @LoopActor
    func slowHeader() async throws {
        let bytes = Answer.head(101, ["Upgrade": "tcp"]) + Array("x".utf8)
        for place in bytes.indices.dropFirst() {
            let stream = try await attach(Array(bytes[..<place]), then: Array(bytes[place...]), .close)
            #expect(try await readAll(stream) == Array("x".utf8))
        }
    }

    @Test("it is read to its end, and the end stays the end")
    @LoopActor
    func end() async throws {
        let stream = try await attach(.hijack(hijack))
        let large = [UInt8](repeating: 7, count: 1 << 20)
        let reading = Task { @LoopActor in try await readAll(stream) }
        try await hijack.send(large)
        try await hijack.close()
        #expect(try await reading.value == large)
        #expect(try await stream.read().isEmpty)
    }

    @Test("what is written arrives; after the end of writing the output still comes")
    @LoopActor
    func input() async throws {
        let stream = try await attach(.hijack(hijack))
        try await stream.write(Array("to the container".utf8))
        try await stream.write([])
        #expect(try await hijack.read() == Array("to the container".utf8))
        stream.closeWriting()
        #expect(try await hijack.read().isEmpty)
        try await hijack.send(Array("and back".utf8))
        try await hijack.close()
        #expect(try await readAll(stream) == Array("and back".utf8))
    }

    @Test("a container that is slow to read its input is waited for, while its output comes")
    @LoopActor
    func bothWays() async throws {
        let stream = try await attach(.hijack(hijack))
        let large = [UInt8](repeating: 9, count: 4 << 20)
        // Reading first: both directions wait for the same connection then.
        let reading = Task { @LoopActor in try await readAll(stream) }
        let writing = Task { @LoopActor in
            try await stream.write(large)
            stream.closeWriting()
        }
        try await hijack.send(Array("output".utf8))
        var arrived = 0
        while true {
            let piece = try await hijack.read()
            if piece.isEmpty { break }
            arrived += piece.count
        }
        try await writing.value
        #expect(arrived == large.count)
        try await hijack.close()
        #expect(try await reading.value == Array("output".utf8))
    }

    @Test("writing to a container that has ended is an error, and no signal")
    @LoopActor
    func writeAfterEnd() async throws {
        let stream = try await attach(.hijack(hijack))
        try await hijack.close()
        #expect(try await stream.read().isEmpty)
        let error = await #expect(throws: SystemError.self) { try await stream.write(Array("x".utf8)) }
        #expect(error?.reason == "Broken pipe")
    }

    @Test("letting go of it hangs up")
    @LoopActor
    func release() async throws {
        var stream: HijackedStream? = try await attach(.hijack(hijack))
        try await stream?.write(Array("x".utf8))
        #expect(try await hijack.read() == Array("x".utf8))
        stream = nil
        #expect(try await hijack.read().isEmpty)
    }

    @Test("reading that is cancelled ends")
    @LoopActor
    func cancelled() async throws {
        let stream = try await attach(.hijack(hijack))
        let reading = Task { @LoopActor in try await stream.read() }
        try await stream.write(Array("x".utf8))
        _ = try await hijack.read()
        reading.cancel()
        await #expect(throws: CancellationError.self) { try await reading.value }
    }

    // MARK: What goes wrong

    @Test("a refusal's body may come after its header, and the connection stay open")
    @LoopActor
    func slowRefusal() async throws {
        let body = Array(#"{"message":"container web is paused"}"#.utf8)
        let head = Answer.head(409, ["Content-Length": "\(body.count)"])
        for place in [0, 1, 12] {
            let error = try await failure {
                try await attach(head + body[..<place], then: Array(body[place...]), .hang)
            }
            #expect(error == .refused(call: Self.call, status: 409, message: "container web is paused"))
        }
    }

    @Test("a refusal without a body is not waited for to get one", arguments: [["Content-Length": "0"], [:]])
    @LoopActor
    func emptyRefusal(headers: [String: String]) async throws {
        let answer = Answer(.send(Answer.head(500, headers)), .hang)
        #expect(try await failure(answer) == .refused(call: Self.call, status: 500, message: ""))
    }

    @Test("a refusal that is cut short is still a refusal")
    @LoopActor
    func cutRefusal() async throws {
        let answer = Answer(.send(Answer.head(404, ["Content-Length": "100"]) + Array(#"{"message":"#.utf8)), .close)
        #expect(try await failure(answer)?.status == 404)
    }

    @Test(
        "what is not HTTP is called so",
        arguments: [
            "SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n",
            "HTTP/1.1 -12 OK\r\n\r\n", "HTTP/1.1 +12 OK\r\n\r\n", "HTTP/1.1 99 OK\r\n\r\n", "{}\r\n\r\n", "\r\n\r\n",
        ])
    @LoopActor
    func garbage(text: String) async throws {
        #expect(try await failure(.raw(text)) == .garbage(call: Self.call, reason: "not HTTP"))
    }

    @Test("a header without an end is not read for ever")
    @LoopActor
    func endlessHeader() async throws {
        let answer = Answer(.send(Array("HTTP/1.1 101 x\r\nX: ".utf8) + [UInt8](repeating: 65, count: 1 << 20)), .hang)
        #expect(try await failure(answer) == .garbage(call: Self.call, reason: "not HTTP"))
    }

    @Test(
        "a connection that ends before the header does was cut",
        arguments: ["", "HTTP/1.1", "HTTP/1.1 101 UPGRADED\r\n", "HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\n"])
    @LoopActor
    func cut(text: String) async throws {
        guard case .cut(Self.call, _) = try await failure(.raw(text)) else {
            Issue.record("the header was taken for a whole one")
            return
        }
    }

    @Test("an Engine that is gone by now is unreachable")
    @LoopActor
    func gone() async throws {
        var engine: FakeEngine? = try FakeEngine()
        let client = try await Client.connect(environment: engine?.environment ?? [:])
        engine = nil
        do {
            _ = try await client.attach("web", withInput: false)
            Issue.record("nobody is there")
        } catch {
            guard case .unreachable(client.host.socket, 2, _) = error else { throw error }
        }
    }
}
