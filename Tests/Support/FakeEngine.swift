// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Linux
internal import Synchronization
public import Systemd

/// A Docker Engine on a real Unix socket that answers as a test tells it to, and remembers what it was asked.
///
/// It answers `GET /_ping` and `GET /info` by itself, and 501 to whatever it was told nothing about.
public final class FakeEngine: Sendable {
    /// One request that came in.
    public struct Received: Sendable, Equatable {
        public var method: String
        /// Version, path and query, as in the request line.
        public var target: String
        /// As in the request line: `HTTP/1.1`.
        public var httpVersion: String
        /// Names in lower case.
        public var headers: [String: String]
        public var body: [UInt8]

        /// `1.45`; `nil` where the path begins without one.
        public var version: String? {
            let first = target.dropFirst().prefix { $0 != "/" }
            return first.hasPrefix("v1.") ? String(first.dropFirst()) : nil
        }
        /// Without version and query.
        public var path: String {
            String(target.dropFirst(version.map { $0.utf8.count + 2 } ?? 0).prefix { $0 != "?" })
        }
        /// What follows the `?`.
        public var query: String { String(target.drop { $0 != "?" }.dropFirst()) }
        /// The body as text.
        public var text: String { String(decoding: body, as: UTF8.self) }
    }

    private let folder: TemporaryFolder
    private let server: Server
    private let accepting: PosixThread

    public init() throws {
        folder = try TemporaryFolder()
        let server = Server(listener: try UnixSocket.stream(at: folder["docker.sock"]), stop: try Gate())
        self.server = server
        accepting = try PosixThread { server.accept() }
        on("GET", "/_ping", .json("OK", headers: ["Api-Version": "1.45", "Ostype": "linux"]))
        on("GET", "/info", .json(#"{"CgroupDriver":"systemd","CgroupVersion":"2"}"#))
    }

    deinit {
        server.stop.open()
        accepting.join()
        for thread in server.state.withLock({ $0.threads }) { thread.join() }
    }

    /// The path of its socket.
    public var socket: String { folder["docker.sock"] }

    /// The environment of a client of it.
    public var environment: [String: String] { ["DOCKER_HOST": "unix://\(socket)"] }

    /// Sets the answers to a request: one for each such request, and the last one for all that follow.
    ///
    /// The newest setting counts; but one for a request with a parameter, such as `/events?until`, comes before it.
    ///
    /// - Parameters:
    ///   - method: The request's method.
    ///   - path: Its path without version; `*` stands for any one component.
    ///   - answers: The answers.
    public func on(_ method: String, _ path: String, _ answers: Answer...) { on(method, path, answers) }

    /// The same with a list.
    public func on(_ method: String, _ path: String, _ answers: [Answer]) {
        server.state.withLock { $0.rules.insert(Rule(method: method, path: path, answers: answers), at: 0) }
    }

    /// All requests, in the order in which they came.
    public var received: [Received] { server.state.withLock { $0.received } }
}

@LoopActor
extension FakeEngine {
    /// Waits for a request, which may have come before.
    ///
    /// - Parameters:
    ///   - method: The request's method.
    ///   - path: Its path, as in ``on(_:_:_:)``.
    ///   - times: How often it has to come in all.
    /// - Returns: The last of these requests.
    /// - Throws: `CancellationError` when the task is cancelled first.
    public func arrival(of method: String, _ path: String, times: Int = 1) async throws -> Received {
        let wanted = Rule(method: method, path: path, answers: [])
        while true {
            let gate = try Gate()
            let found = server.state.withLock { state in
                state.awaited.append((wanted, gate))
                return state.received.filter(wanted.fits)
            }
            if found.count >= times { return found[times - 1] }
            try await gate.opened()
        }
    }
}

private struct Rule: Sendable {
    let method: String
    let path: String
    var answers: [Answer]

    /// The parameter that the request must have.
    var parameter: Substring? { path.split(separator: "?").dropFirst().first }

    func fits(_ request: FakeEngine.Received) -> Bool {
        let (mine, theirs) = (path.prefix { $0 != "?" }.split(separator: "/"), request.path.split(separator: "/"))
        let parameters = request.query.split(separator: "&").map { $0.prefix { $0 != "=" } }
        return method == request.method && mine.count == theirs.count
            && (parameter.map(parameters.contains) ?? true)
            && zip(mine, theirs).allSatisfy { $0 == "*" || $0 == $1 }
    }

    mutating func next() -> Answer? { answers.count > 1 ? answers.removeFirst() : answers.first }
}

/// What the threads share: one accepts, and one serves each connection.
private final class Server: Sendable {
    struct State {
        var rules: [Rule] = []
        var received: [FakeEngine.Received] = []
        var awaited: [(Rule, Gate)] = []
        var threads: [PosixThread] = []
    }

    let listener: Descriptor
    let stop: Gate
    let state = Mutex(State())

    init(listener: consuming Descriptor, stop: Gate) {
        self.listener = listener
        self.stop = stop
    }

    func accept() {
        while wait(for: listener.rawValue, POLLIN) {
            // A client that left before its turn is no loss.
            guard let connection = try? UnixSocket.accept(from: listener.rawValue) else { continue }
            let number = connection.release()
            state.withLock { state in
                do throws(SystemError) {
                    state.threads.append(
                        try PosixThread { Connection(server: self, Descriptor(owning: number)).serve() })
                } catch {
                    _ = close(number)
                }
            }
        }
    }

    /// Waits until the descriptor is ready; `false` when the engine ends first.
    func wait(for descriptor: Int32, _ events: Int32) -> Bool {
        var ready = [
            pollfd(fd: descriptor, events: Int16(events), revents: 0),
            pollfd(fd: stop.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        _ = try? system("poll", on: "fake engine") { poll(&ready, nfds_t(ready.count), -1) }
        return ready[1].revents == 0
    }

    func answer(to request: FakeEngine.Received) -> Answer {
        state.withLock { state in
            state.received.append(request)
            for (wanted, gate) in state.awaited where wanted.fits(request) { gate.open() }
            let fitting = state.rules.indices.filter { state.rules[$0].fits(request) }
            let rule = fitting.first { state.rules[$0].parameter != nil } ?? fitting.first
            return rule.flatMap { state.rules[$0].next() }
                ?? .refusal(501, "the test said nothing about \(request.method) \(request.path)")
        }
    }
}

private struct Connection: ~Copyable {
    let server: Server
    let descriptor: Descriptor
    var unread: [UInt8] = []

    init(server: Server, _ descriptor: consuming Descriptor) {
        self.server = server
        self.descriptor = descriptor
    }

    consuming func serve() {
        while let request = nextRequest() {
            for step in server.answer(to: request).steps {
                guard perform(step) else { return }
            }
        }
    }

    /// Reads more; `false` at the end of the connection.
    private mutating func readMore() -> Bool {
        guard server.wait(for: descriptor.rawValue, POLLIN), let piece = try? descriptor.read(upTo: 65536) else {
            return false
        }
        unread += piece
        return !piece.isEmpty
    }

    private mutating func nextRequest() -> FakeEngine.Received? {
        let end = Array("\r\n\r\n".utf8)
        var head: Int?
        while head == nil {
            head = unread.indices.first { unread[$0...].starts(with: end) }
            guard head != nil || readMore() else { return nil }
        }
        guard let head else { return nil }
        let lines = String(decoding: unread[..<head], as: UTF8.self).split(separator: "\r\n")
        let words = lines.first.map { $0.split(separator: " ") } ?? []
        guard words.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts.count == 2 ? String(parts[1].drop { $0 == " " }) : ""
        }
        let (start, length) = (head + end.count, headers["content-length"].flatMap { Int($0) } ?? 0)
        while unread.count < start + length { guard readMore() else { return nil } }
        defer { unread.removeFirst(start + length) }
        return FakeEngine.Received(
            method: String(words[0]), target: String(words[1]), httpVersion: String(words[2]), headers: headers,
            body: Array(unread[start..<start + length]))
    }

    /// Returns `false` when the connection is over.
    private mutating func perform(_ step: Answer.Step) -> Bool {
        switch step {
        case .send(let bytes):
            return send(bytes)
        case .pass(let gate):
            return server.wait(for: gate.descriptor, POLLIN)
        case .open(let gate):
            gate.open()
            return true
        case .hang:
            return server.wait(for: descriptor.rawValue, POLLIN)
        case .hijack(let hijack):
            if let theirs = try? Descriptor.duplicate(of: descriptor.rawValue) { hijack.take(theirs, unread: unread) }
            return false
        case .close:
            return false
        }
    }

    private func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard server.wait(for: descriptor.rawValue, POLLOUT),
                let count = try? sendBytes(rest, to: descriptor.rawValue)
            else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}

/// Sends what fits, without waiting and without SIGPIPE.
func sendBytes(_ bytes: ArraySlice<UInt8>, to socket: Int32) throws(SystemError) -> Int {
    try system("send", on: "connection") {
        bytes.withUnsafeBytes {
            Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
        }
    }
}
