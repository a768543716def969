// SPDX-License-Identifier: Apache-2.0

import Linux
import Support
import Systemd
import Testing

@testable import Images

@Suite("A pull and its registry", .timeLimit(.minutes(1)))
struct PullRegistryTests {
    init() { LoopThread.start() }

    private static let index = "https://index.docker.io/v1/"

    @Test(
        "the default registry has its credentials by its index, whatever it is called, and any other one by its host",
        arguments: [
            ("web", index, index), ("docker.io/web", index, index), ("index.docker.io/web", index, index),
            ("docker.io/web", "https://mirror/v1/", "docker.io"), ("registry:5000/web", index, "registry:5000"),
            ("io/web", index, index),
        ])
    @LoopActor
    func key(image: String, index: String, key: String) async throws {
        let engine = try FakeEngine()
        engine.on("GET", "/info", .json(#"{"CgroupDriver":"systemd","IndexServerAddress":"\#(index)"}"#))
        engine.on("POST", "/images/create", .chunked([#"{"status":"Digest: sha256:1"}"# + "\r\n"]))
        engine.on("GET", "/images/*/json", .json(#"{"Id":"sha256:1"}"#))
        let entries = [index, Self.index, "docker.io", "index.docker.io", "registry:5000", "mirror"]
        let auths = Set(entries).map { #""\#($0)":{"username":"\#($0)","password":"p"}"# }.joined(separator: ",")
        let environment = engine.environment.merging(["DOCKER_AUTH_CONFIG": "{\"auths\":{\(auths)}}"]) { $1 }
        #expect(try await Wrapper(["pull", image], environment: environment).end().status == .exited(0))
        let pull = try #require(engine.received.first { $0.path == "/images/create" })
        let expected = RegistryCredential(username: key, password: "p", serveraddress: key)
        #expect(pull.headers["x-registry-auth"] == expected.header)
    }

    @Test("the time limit is about the time since something came last")
    @LoopActor
    func limit() async throws {
        let (engine, stream) = (try FakeEngine(), try Hijack())
        engine.on(
            "POST", "/images/create",
            Answer(.send(Answer.head(200, ["Transfer-Encoding": "chunked"])), .hijack(stream)))
        let wrapper = try Wrapper(["--pull-timeout", "1", "pull", "image"], environment: engine.environment)
        let begin = ContinuousClock.now
        var last = begin
        // For more than half of the limit.
        while last - begin < .milliseconds(600) {
            last = .now
            try await stream.send(Answer.chunk("{}\n"))
            try await Gate.onceAround()
        }
        try await wrapper.complains("nothing has come for 1 s")
        #expect(ContinuousClock.now - last >= .seconds(1))
        wrapper.send(.terminate)
        #expect(try await wrapper.end().status == .signaled(.terminate))
    }
}
