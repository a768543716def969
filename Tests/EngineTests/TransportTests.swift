// SPDX-License-Identifier: Apache-2.0

import Linux
import Support
import Systemd
import Testing

@testable import Engine

@Suite("Transport", .timeLimit(.minutes(1)))
struct TransportTests {
    private let engine: FakeEngine

    init() throws {
        LoopThread.start()
        engine = try FakeEngine()
    }

    @LoopActor
    private func failure(_ request: Request) async -> EngineError? {
        do {
            _ = try await CurlTransport(socket: engine.socket).send(request)
            return nil
        } catch {
            return error
        }
    }

    @Test("a request and its answer come across as they are")
    @LoopActor
    func exchange() async throws {
        engine.on("POST", "/a/b", .json(#"{"é":"\n"}"#, status: 201, headers: ["X-One": "1: 2", "x-two": ""]))
        let transport = CurlTransport(socket: engine.socket)
        let request = Request(.post, "/a/b", query: [("q", "a b&c=d"), ("r", "")], body: Array("{\"in\":1}".utf8))
        let response = try await transport.send(request, version: "1.41")
        #expect(response.status == 201)
        #expect(response.body == Array(#"{"é":"\n"}"#.utf8))
        #expect(response.headers["x-one"] == "1: 2")
        #expect(response.headers["x-two"] == "")
        let received = try #require(engine.received.last)
        #expect(received.target == "/v1.41/a/b?q=a%20b%26c%3Dd&r=")
        #expect(received.text == "{\"in\":1}")
        #expect(received.headers["content-type"] == "application/json")
        #expect(received.headers["host"] == "docker")
        #expect(received.headers["expect"] == nil)
    }

    @Test("a body of a mebibyte goes out whole, and so does an empty one")
    @LoopActor
    func bodies() async throws {
        engine.on("POST", "/a", .json("{}"))
        let transport = CurlTransport(socket: engine.socket)
        let large = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        _ = try await transport.send(Request(.post, "/a", body: large))
        _ = try await transport.send(Request(.post, "/a"))
        #expect(engine.received.map(\.body) == [large, []])
        #expect(engine.received.last?.headers["content-length"] == "0")
    }

    @Test("a HEAD is over with its header; 204 and 304 have no body to wait for", arguments: [204, 304])
    @LoopActor
    func noBody(status: Int) async throws {
        engine.on("DELETE", "/a", .empty(status))
        engine.on("HEAD", "/a", Answer(.send(Answer.head(200, ["Content-Length": "1000"]))))
        let transport = CurlTransport(socket: engine.socket)
        let response = try await transport.send(Request(.delete, "/a"))
        #expect(response.status == status)
        #expect(response.body.isEmpty)
        #expect(try await transport.send(Request(.head, "/a")).headers["content-length"] == "1000")
    }

    @Test("a chunked answer is put together")
    @LoopActor
    func chunked() async throws {
        engine.on("GET", "/a", .chunked(["{\"a\"", ":", "1}"]))
        let response = try await CurlTransport(socket: engine.socket).send(Request(.get, "/a"))
        #expect(response.body == Array("{\"a\":1}".utf8))
    }

    @Test("a request need not wait for another's answer")
    @LoopActor
    func concurrent() async throws {
        let gate = try Gate()
        engine.on("GET", "/slow", .json("1", after: gate))
        engine.on("GET", "/fast", .json("2"))
        let transport = CurlTransport(socket: engine.socket)
        let slow = try transport.begin(Request(.get, "/slow"))
        try await slow.begin()
        #expect(try await transport.send(Request(.get, "/fast")).body == Array("2".utf8))
        gate.open()
        #expect(try await slow.response().body == Array("1".utf8))
    }

    @Test("an Engine that was restarted since the last answer is asked anew")
    @LoopActor
    func closedBetween() async throws {
        let answer = Answer(.send(Answer.head(200, ["Content-Length": "1"]) + Array("1".utf8)), .close)
        engine.on("GET", "/a", answer)
        let transport = CurlTransport(socket: engine.socket)
        for _ in 0..<3 { #expect(try await transport.send(Request(.get, "/a")).body == Array("1".utf8)) }
        #expect(engine.received.count == 3)
    }

    // MARK: What goes wrong

    @Test("a daemon that hangs is given up on in time, and its connection with it")
    @LoopActor
    func hang() async throws {
        let left = try Gate()
        engine.on("GET", "/a", Answer(.hang, .open(left)))
        #expect(
            await failure(Request(.get, "/a", timeout: .seconds(1))) == .timedOut(call: "GET /a", after: .seconds(1)))
        try await left.opened()
    }

    @Test("a daemon that begins to answer and then hangs is given up on as well")
    @LoopActor
    func hangInAnswer() async throws {
        engine.on("GET", "/a", Answer(.send(Answer.head(200, ["Content-Length": "9"])), .hang))
        #expect(
            await failure(Request(.get, "/a", timeout: .seconds(1))) == .timedOut(call: "GET /a", after: .seconds(1)))
    }

    @Test(
        "what is not HTTP is called so",
        arguments: [
            "SSH-2.0-OpenSSH_9.2\r\n", "\0\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}", "{\"json\":1}\n",
            "<html></html>\r\n\r\n",
            "HTTP/1.1 abc\r\n\r\n", "\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}",
        ])
    @LoopActor
    func garbage(text: String) async {
        engine.on("GET", "/a", .raw(text))
        #expect(await failure(Request(.get, "/a")) == .garbage(call: "GET /a", reason: "not HTTP"))
    }

    @Test("a connection that ends before the answer is told apart from garbage")
    @LoopActor
    func closed() async {
        engine.on("GET", "/a", .closed)
        #expect(
            await failure(Request(.get, "/a"))
                == .cut(call: "GET /a", reason: "Server returned nothing (no headers, no data)"))
    }

    @Test(
        "a connection that ends in mid-answer is an error, however far it came",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 204 No Content\r\nServer: Docker\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"half",
            "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"ha",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"hal\r\n",
        ])
    @LoopActor
    func cut(text: String) async {
        engine.on("GET", "/a", .raw(text))
        guard case .cut("GET /a", _) = await failure(Request(.get, "/a")) else {
            Issue.record("the answer was taken for a whole one")
            return
        }
    }

    @Test("an answer of 16 MiB is read, a longer one is refused", arguments: [0, 1])
    @LoopActor
    func limit(excess: Int) async throws {
        engine.on("GET", "/a", .json(String(repeating: "x", count: 16 << 20) + String(repeating: "y", count: excess)))
        let expected: EngineError? =
            excess == 0 ? nil : .garbage(call: "GET /a", reason: "longer than 16777216 bytes")
        #expect(await failure(Request(.get, "/a")) == expected)
    }

    // MARK: Cancellation

    @Test("who is cancelled while the Engine thinks hangs up", arguments: ["whole answer", "its beginning"])
    @LoopActor
    func cancelled(wait: String) async throws {
        let left = try Gate()
        engine.on("GET", "/a", Answer(.hang, .open(left)))
        let transport = CurlTransport(socket: engine.socket)
        let task = Task { @LoopActor in
            let transfer = try transport.begin(Request(.get, "/a", timeout: nil))
            if wait == "whole answer" { _ = try await transfer.response() } else { try await transfer.begin() }
        }
        _ = try await engine.arrival(of: "GET", "/a")
        task.cancel()
        await #expect(throws: EngineError.cut(call: "GET /a", reason: "cancelled")) { try await task.value }
        try await left.opened()
    }

    @Test("a transfer that is let go of is cancelled, and does not keep its transport")
    @LoopActor
    func letGo() async throws {
        let left = try Gate()
        engine.on("GET", "/a", Answer(.send(Answer.head(200, ["Content-Length": "1"])), .hang, .open(left)))
        var transport: CurlTransport? = CurlTransport(socket: engine.socket)
        weak let observed = transport
        var transfer = try transport?.begin(Request(.get, "/a", timeout: nil))
        try await transfer?.begin()
        transport = nil
        #expect(observed != nil)
        transfer = nil
        try await left.opened()
        #expect(observed == nil)
    }

    // MARK: Streams

    @Test("of a stream that is read slowly only so much is taken from the socket at a time, and nothing is lost")
    @LoopActor
    func slowReader() async throws {
        let chunk = (0..<65536).map { String(UnicodeScalar(UInt8(ascii: "a") + UInt8($0 % 26))) }.joined()
        engine.on("GET", "/a", .chunked(Array(repeating: chunk, count: 128)))
        let transfer = try CurlTransport(socket: engine.socket).begin(Request(.get, "/a"), isStream: true)
        try await transfer.begin()
        var (length, pieces) = (0, 0)
        while let piece = try await transfer.nextPiece() {
            // At most what libcurl hands over at a time comes on top (CURL_MAX_WRITE_SIZE).
            #expect(piece.count < Transfer.longestBacklog + 16384)
            let start = chunk.utf8.index(chunk.utf8.startIndex, offsetBy: length % 65536)
            #expect(piece.first == chunk.utf8[start])
            length += piece.count
            pieces += 1
            for _ in 0..<200 { try await Gate.onceAround() }
        }
        #expect(length == 128 * 65536)
        #expect(pieces >= 8)
    }

    @Test("nothing is kept of a transport that nobody uses any more: its connections are closed")
    @LoopActor
    func released() async throws {
        let left = try Gate()
        engine.on("GET", "/a", Answer(.send(Answer.head(200, ["Content-Length": "0"])), .hang, .open(left)))
        var transport: CurlTransport? = CurlTransport(socket: engine.socket)
        weak let observed = transport
        #expect(try await transport?.send(Request(.get, "/a")).status == 200)
        transport = nil
        try await left.opened()
        #expect(observed == nil)
    }
}
