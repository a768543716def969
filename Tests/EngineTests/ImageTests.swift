// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Systemd
import Testing

@testable import Engine

extension EndpointCall {
    private static let image =
        #"{"Id":"sha256:1","RepoTags":["a:1","<none>:<none>"],"RepoDigests":null,"Size":7,"Created":"2026"}"#

    static let images: [EndpointCall] = [
        EndpointCall(
            testDescription: "pull", method: "POST", path: "/images/create", query: "fromImage=*&tag=1",
            answer: .chunked([#"{"status":"Pulling from a","id":"1"}"# + "\r\n"])
        ) { client, name in
            try await client.pull(name, tag: "1", authorization: "e30=") { _ in }
        },
        EndpointCall(
            testDescription: "load", method: "POST", path: "/images/load", query: "quiet=0",
            answer: .chunked([#"{"stream":"Loaded image: a:1\n"}"# + "\r\n"])
        ) { client, _ in
            let folder = try TemporaryFolder()
            try Files.replace(folder["tar"], with: "tarball")
            let file = Descriptor(owning: try system("open", on: "tar") { open(folder["tar"], O_RDONLY | O_CLOEXEC) })
            try await client.load(Upload(file, path: folder["tar"], size: 7)) { _ in }
        },
        EndpointCall(
            testDescription: "inspect image", method: "GET", path: "/images/*/json", query: "", answer: .json(image)
        ) { client, name in
            let found = try await client.inspectImage(name)
            #expect(found.id == "sha256:1" && found.tags == ["a:1"] && found.digests == [] && found.size == 7)
        },
        EndpointCall(
            testDescription: "list images", method: "GET", path: "/images/json",
            query: "filters=%7B%22dangling%22%3A%5B%22true%22%5D%7D",
            answer: .json(#"[{"Id":"sha256:1","RepoTags":null,"Created":5,"Size":7,"Labels":null}]"#)
        ) { client, _ in
            let found = try await client.images(filters: ["dangling": ["true"]])
            #expect(found.map(\.image.id) == ["sha256:1"])
            #expect(found.map(\.created) == [5])
        },
        EndpointCall(
            testDescription: "remove image", method: "DELETE", path: "/images/*", query: "noprune=1",
            answer: .json(#"[{"Untagged":"a:1"}]"#)
        ) { client, name in
            try await client.removeImage(name)
        },
        EndpointCall(
            testDescription: "tag image", method: "POST", path: "/images/*/tag", query: "repo=a%2Fb&tag=1",
            answer: .json("", status: 201)
        ) { client, name in
            try await client.tag(name, repository: "a/b", tag: "1")
        },
        EndpointCall(
            testDescription: "ask the registry", method: "GET", path: "/distribution/*/json", query: "",
            answer: .json(#"{"Descriptor":{"digest":"sha256:2","size":7},"Platforms":null}"#)
        ) { client, name in
            let digest = try await client.digestInRegistry(name, authorization: "e30=")
            #expect(digest == "sha256:2")
        },
    ]
}

@Suite("Images", .timeLimit(.minutes(1)))
struct ImageTests {
    private let engine: FakeEngine

    init() throws {
        LoopThread.start()
        engine = try FakeEngine()
    }

    @LoopActor
    private func pull(_ lines: String..., interval: Duration = .zero) async throws -> [ProgressMessage?] {
        engine.on("POST", "/images/create", .chunked(lines))
        let client = try await Client.connect(environment: engine.environment)
        var messages: [ProgressMessage?] = []
        try await client.pull(
            "host:1/a", tag: "t", platform: "linux/arm64", authorization: "c2VjcmV0", interval: interval
        ) { messages.append($0) }
        return messages
    }

    private static func downloading(_ current: Int, _ id: String = "0123456789ab") -> String {
        #"{"status":"Downloading","progressDetail":{"current":\#(current),"total":9},"progress":"[>  ]","id":"\#(id)"}"#
            + "\r\n"
    }

    @Test("the credentials go out in a header, and the platform in the query")
    @LoopActor
    func authorization() async throws {
        _ = try await pull(Self.downloading(1))
        let request = try #require(engine.received.last)
        #expect(request.headers["x-registry-auth"] == "c2VjcmV0")
        #expect(request.query == "fromImage=host%3A1%2Fa&tag=t&platform=linux%2Farm64")
    }

    @Test("lines come as they are, wherever the connection has cut them")
    @LoopActor
    func lines() async throws {
        let whole =
            Self.downloading(1) + "\r\nno JSON\r\n" + Self.downloading(2) + #"{"status":"Digest: sha256:1"}"# + "\n"
        let messages = try await pull(String(whole.prefix(20)), String(whole.dropFirst(20)))
        #expect(messages.compactMap { $0?.progress?.current } == [1, 2])
        #expect(messages.compactMap(\.self).last?.status == "Digest: sha256:1")
        #expect(messages[0]?.id == "0123456789ab" && messages[0]?.progress?.total == 9)
    }

    @Test("one layer's progress is decoded once in an interval, everything else always")
    @LoopActor
    func sieve() async throws {
        let messages = try await pull(
            Self.downloading(1), Self.downloading(2), Self.downloading(3, "ba9876543210"),
            #"{"status":"Pull complete","id":"0123456789ab"}"# + "\r\n", Self.downloading(4), interval: .seconds(3600))
        #expect(messages.map { $0?.progress?.current ?? $0.map { _ in -1 } } == [1, nil, 3, -1, nil])
    }

    @Test("the longer it lasts, the longer lines may gather, but not after the last one")
    func pauses() {
        let line = Array(Self.downloading(1).utf8)
        func pause(interval: Duration, seconds: Int) -> Duration? {
            var sieve = ProgressSieve(interval: interval, since: .now - .seconds(seconds))
            _ = sieve.lines(line)
            return sieve.pause
        }
        #expect(pause(interval: .seconds(1), seconds: 0) == .milliseconds(250))
        #expect((.milliseconds(500) ... .seconds(1)).contains(pause(interval: .seconds(1), seconds: 8) ?? .zero))
        #expect(pause(interval: .seconds(1), seconds: 60) == .seconds(1))
        #expect(pause(interval: .milliseconds(200), seconds: 60) == .milliseconds(200))
        #expect(pause(interval: .zero, seconds: 60) == nil)
        var sieve = ProgressSieve(interval: .seconds(1))
        _ = sieve.lines(line + #"{"status":"Pull complete","id":"0123456789ab"}"#.utf8 + [10])
        #expect(sieve.pause == nil)
    }

    @Test("an error that comes in the middle is a refusal, with the registry's words")
    @LoopActor
    func error() async {
        let error = await #expect(throws: EngineError.self) {
            try await self.pull(
                Self.downloading(1), #"{"errorDetail":{"message":"no\nspace"},"error":"no space"}"# + "\r\n",
                Self.downloading(2))
        }
        #expect(error == .refused(call: "POST /images/create", status: 200, message: "no space"))
    }

    @Test("a pull that ends before its answer is cut; more than a body may hold is no trouble")
    @LoopActor
    func ends() async throws {
        let line = #"{"status":"\#(String(repeating: "x", count: 1 << 18))"}"# + "\n"
        let many = Array(repeating: line, count: 68)
        engine.on("POST", "/images/create", .chunked(many))
        let client = try await Client.connect(environment: engine.environment)
        var count = 0
        try await client.pull("a", tag: "b", authorization: "") { _ in count += 1 }
        #expect(count == 68)
        engine.on(
            "POST", "/images/create",
            Answer(.send(Answer.head(200, ["Transfer-Encoding": "chunked"]) + Answer.chunk(line)), .close))
        await #expect(throws: EngineError.self) { try await client.pull("a", tag: "b", authorization: "") { _ in } }
    }

    @Test("whoever is cancelled hangs up, by which the Engine ends the pull")
    @LoopActor
    func cancelled() async throws {
        let (come, left) = (try Gate(), try Gate())
        engine.on(
            "POST", "/images/create",
            Answer(.send(Answer.head(200, ["Transfer-Encoding": "chunked"])), .open(come), .hang, .open(left)))
        let client = try await Client.connect(environment: engine.environment)
        let pull = EventLoop.shared.task { try await client.pull("a", tag: "b", authorization: "") { _ in } }
        try await come.opened()
        pull.cancel()
        await #expect(throws: (any Error).self) { try await pull.value }
        try await left.opened()
    }

    @Test("a tarball goes out as it is, with its length, and is read as it goes", arguments: [0, 1, 3 << 20])
    @LoopActor
    func upload(size: Int) async throws {
        engine.on("POST", "/images/load", .json("{}"))
        let folder = try TemporaryFolder()
        let text = String(repeating: "0123456789abcdef", count: size / 16 + 1).prefix(size)
        try Files.replace(folder["tar"], with: String(text))
        let file = Descriptor(owning: try system("open", on: "tar") { open(folder["tar"], O_RDONLY | O_CLOEXEC) })
        var sent: [Int] = []
        let client = try await Client.connect(environment: engine.environment)
        try await client.load(Upload(file, path: "tar", size: size) { sent.append($0) }) { _ in }
        let request = try #require(engine.received.last)
        #expect(request.text == text)
        #expect(request.headers["content-length"] == "\(size)")
        #expect(request.headers["content-type"] == "application/x-tar")
        #expect(sent.last ?? 0 == size && sent == sent.sorted())
    }

    @Test("a tarball that is shorter than it was ends the call")
    @LoopActor
    func shortened() async throws {
        engine.on("POST", "/images/load", .json("{}"))
        let folder = try TemporaryFolder()
        try Files.replace(folder["tar"], with: "abc")
        let file = Descriptor(owning: try system("open", on: "tar") { open(folder["tar"], O_RDONLY | O_CLOEXEC) })
        let client = try await Client.connect(environment: engine.environment)
        let upload = Upload(file, path: "tar", size: 4)
        await #expect(throws: EngineError.unreadable(call: "POST /images/load", reason: "read tar: No data available"))
        {
            try await client.load(upload) { _ in }
        }
    }
}
