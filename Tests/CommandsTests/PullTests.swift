// SPDX-License-Identifier: Apache-2.0

import Engine
import Linux
import Support
import Systemd
import Testing

@testable import Commands
@testable import Images

@Suite("Pull progress")
struct PullProgressTests {
    private func line(_ status: String, _ id: String? = nil, _ current: Int? = nil, _ total: Int? = nil)
        -> ProgressMessage
    {
        ProgressMessage(id: id, status: status, progress: .init(current: current, total: total))
    }

    @Test("layers whose size nobody knows are taken to be as large as the others; what is there does not count")
    func percentage() {
        var progress = PullProgress(since: 0)
        #expect(progress.text(at: 0) == nil)
        for message in [
            line("Pulling from library/web", "1.25"), line("Pulling fs layer", "a"), line("Pulling fs layer", "b"),
            line("Already exists", "c"), line("Waiting", "b"), line("Downloading", "a", 50_000_000, 100_000_000),
        ] { progress.take(message) }
        #expect(progress.text(at: 2_000_000) == "25 %, 25 MB/s")
        progress.take(line("Download complete", "a"))
        #expect(progress.text(at: 3_000_000) == "50 %, 50 MB/s")
        // Smaller than was thought; what is shown never goes back.
        progress.take(line("Downloading", "b", 0, 1_000_000_000))
        #expect(progress.text(at: 4_000_000) == "50 %, 0 B/s")
    }

    @Test("what is there is unpacked, which is told as well, and the digest comes last")
    func unpacking() {
        var progress = PullProgress(since: 0)
        for message in [
            line("Downloading", "a", 10, 100), line("Verifying Checksum", "a"), line("Download complete", "a"),
            line("Extracting", "a", 30, 100),
        ] { progress.take(message) }
        #expect(progress.text(at: 1) == "unpacking, 30 %")
        progress.take(line("Pull complete", "a"))
        #expect(progress.text(at: 2) == "unpacking, 100 %")
        progress.take(line("Digest: sha256:1"))
        #expect(progress.digest == "sha256:1")
        #expect(progress.bar("web", columns: 40) == "unpacking web [================>] 100 %")
        #expect(progress.bar("web", columns: 10) == "unpacking")
        #expect(progress.bar("web", columns: 0) == "")
    }

    @Test("a download that is begun again does not make the speed negative")
    func again() {
        var progress = PullProgress(since: 0)
        progress.take(line("Downloading", "a", 500, 1000))
        _ = progress.text(at: 1_000_000)
        progress.take(line("Retrying in 5 seconds", "a"))
        progress.take(line("Downloading", "a", 100, 1000))
        #expect(progress.text(at: 2_000_000) == "50 %, 0 B/s")
    }

    @Test("layers of any size that a registry may claim")
    func sizes() {
        var progress = PullProgress(since: 0)
        for message in [
            line("Downloading", "a", 1, 1 << 62), line("Downloading", "b", 1 << 62, 1 << 62),
            line("Downloading", "c", .max, .max), line("Pulling fs layer", "d"),
        ] { progress.take(message) }
        #expect(progress.text(at: 1_000_000) == "75 %, 14 EB/s")
        for message in [
            line("Downloading", "a", .min, .min), line("Downloading", "a", .max, .max),
            line("Downloading", "a", .min, .max), line("Downloading", "d", -1, 10),
        ] { progress.take(message) }
        #expect(progress.text(at: 2_000_000) == "75 %, 9.2 EB/s")
        for id in ["a", "b", "c", "d"] { progress.take(line("Download complete", id)) }
        #expect(progress.text(at: 2_000_000) == "unpacking, 0 %")
        for id in ["a", "b"] { progress.take(line("Extracting", id, .max, .max)) }
        progress.take(line("Extracting", "c", .min, .max))
        // Less than was unpacked already.
        progress.take(line("Downloading", "a", 1, 1))
        progress.take(line("Extracting", "d", 100, 10))
        #expect(progress.text(at: 3_000_000) == "unpacking, 100 %")
        #expect(progress.bar("web", columns: 40) == "unpacking web [================>] 100 %")
    }

    @Test(
        "bytes have two or three digits",
        arguments: [
            (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (9949, "9.9 kB"), (9950, "10 kB"), (999_499, "999 kB"),
            (999_500, "1.0 MB"), (12_345_678, "12 MB"), (1_240_000_000, "1.2 GB"), (5e15, "5.0 PB"),
            (0x1p63, "9.2 EB"), (-0x1p63, "0 B"), (1e300, "1000000 EB"), (.infinity, "1000000 EB"),
        ] as [(Double, String)])
    func bytes(number: Double, text: String) { #expect(PullProgress.text(bytes: number) == text) }
}

@Suite("Pulls", .timeLimit(.minutes(1)))
struct PullTests {
    init() { LoopThread.start() }

    private static let pulled = Answer.chunked(
        [#"{"status":"Pulling from image","id":"latest"}"#, #"{"status":"Digest: sha256:1"}"#].map { $0 + "\r\n" })
    private static let image = Answer.json(#"{"Id":"sha256:2","Size":2500000}"#)

    /// An Engine that has not got the image, and a registry that answers so.
    @LoopActor
    private func docker(_ first: Answer, _ then: Answer? = nil) throws -> Docker {
        let docker = try Docker(MainProcess())
        docker.engine.on("POST", "/images/create", first, then ?? first)
        docker.engine.on("GET", "/images/*/json", Self.image)
        docker.engine.on("GET", "/info", .json(#"{"CgroupDriver":"systemd","IndexServerAddress":"https://index/v1/"}"#))
        return docker
    }

    @LoopActor
    private func pull(_ docker: Docker, _ words: [String] = [], wrapper: [String] = []) async throws -> Wrapper.End {
        try await Wrapper(wrapper + ["pull"] + words + ["image"], environment: docker.engine.environment).end()
    }

    @Test("the command pulls and says so, and nothing of it is said with --quiet")
    @LoopActor
    func command() async throws {
        let docker = try docker(Self.pulled)
        let end = try await pull(docker)
        #expect(end.status == .exited(0) && end.output.isEmpty)
        #expect(end.error.hasPrefix("systemd-docker: pulled image: sha256:1, 2.5 MB, in 0."))
        #expect(try await pull(docker, ["--quiet"]) == Wrapper.End(status: .exited(0), output: "", error: ""))
        let request = try #require(docker.engine.received.first { $0.method == "POST" })
        #expect(request.query == "fromImage=image&tag=latest")
        #expect(request.headers["x-registry-auth"] == "e30=")
        // What is there is not asked for again.
        let count = docker.asked.count { $0 == "POST /images/create" }
        #expect(try await pull(docker, ["--pull", "missing"]).error == "")
        #expect(docker.asked.count { $0 == "POST /images/create" } == count)
    }

    @Test("run pulls when the Engine misses the image, and then makes the container")
    @LoopActor
    func missing() async throws {
        let docker = try docker(Self.pulled)
        docker.engine.on(
            "POST", "/containers/create", .refusal(404, "No such image: image:latest"),
            .json(#"{"Id":"\#(Docker.id)","Warnings":[]}"#, status: 201))
        let wrapper = try docker.run()
        _ = try await docker.engine.arrival(of: "POST", "\(Docker.path)/start")
        try docker.process.exit(0)
        try await docker.ended()
        let end = try await wrapper.end()
        #expect(end.status == .exited(0))
        #expect(
            Array(docker.asked.prefix(5)) == [
                "GET /containers/web/json", "POST /containers/create", "POST /images/create", "GET /images/image/json",
                "POST /containers/create",
            ])
    }

    @Test("what is missing may be another container: then there is nothing to pull")
    @LoopActor
    func link() async throws {
        let docker = try docker(Self.pulled)
        docker.engine.on("POST", "/containers/create", .refusal(404, "could not get db: No such container: db"))
        #expect(try await docker.run().end().status == .exited(125))
        #expect(!docker.asked.contains("POST /images/create"))
    }

    @Test(
        "what a registry refuses is final, in its own words",
        arguments: [
            (404, "manifest for image:latest not found: manifest unknown"),
            (404, "pull access denied for image, repository does not exist"),
            (500, "Head http://host/v2/: no basic auth credentials"), (500, "unauthorized: authentication required"),
            (400, "invalid reference format"), (501, "not here"),
        ])
    @LoopActor
    func final(status: Int, words: String) async throws {
        let docker = try docker(.refusal(status, words))
        let end = try await pull(docker)
        #expect(end.status == .exited(125))
        #expect(end.error.hasPrefix("systemd-docker: pull image: \(words)"))
        #expect(end.error.contains("docker login") == (words.contains("auth") || words.contains("denied")))
        #expect(docker.asked.count { $0 == "POST /images/create" } == 1)
    }

    @Test(
        "what may pass is tried again",
        arguments: [
            Answer.refusal(500, "dial tcp: connection refused"),
            Answer(.send(Answer.head(200, ["Transfer-Encoding": "chunked"])), .close),
            .refusal(429, "toomanyrequests: slow down"),
            .chunked([#"{"status":"Downloading","id":"a"}"# + "\n", #"{"errorDetail":{"message":"EOF"}}"# + "\n"]),
        ])
    @LoopActor
    func again(answer: Answer) async throws {
        let end = try await pull(try docker(answer, Self.pulled))
        #expect(end.status == .exited(0))
        let lines = end.error.split(separator: "\n")
        #expect(lines.count == 2 && lines[0].hasSuffix(": trying again in 1 s"))
    }

    @Test("so is what brings nothing for too long")
    @LoopActor
    func stalled() async throws {
        let head = Answer.head(200, ["Transfer-Encoding": "chunked"])
        let docker = try docker(Answer(.send(head + Answer.chunk("{}\n")), .hang), Self.pulled)
        let end = try await pull(docker, wrapper: ["--pull-timeout", "1"])
        #expect(end.status == .exited(0))
        #expect(end.error.hasPrefix("systemd-docker: pull image: nothing has come for 1 s: trying again in 1 s\n"))
    }

    @Test("with newer what is there will do, unless the registry itself refuses")
    @LoopActor
    func newer() async throws {
        let end = try await pull(try docker(.refusal(500, "connection refused")), ["--pull", "newer"])
        #expect(end.status == .exited(0))
        #expect(end.error.hasSuffix("pull image: connection refused: what is there will do (--pull newer)\n"))
        #expect(try await pull(try docker(.refusal(404, "denied")), ["--pull", "newer"]).status == .exited(125))
    }

    @Test("a signal ends it, and the connection with it", arguments: [Signal.terminate, .interrupt])
    @LoopActor
    func interrupted(signal: Signal) async throws {
        let (come, left) = (try Gate(), try Gate())
        let docker = try docker(Answer(.open(come), .hang, .open(left)))
        let wrapper = try Wrapper(["pull", "image"], environment: docker.engine.environment)
        try await come.opened()
        wrapper.send(signal)
        try await left.opened()
        let end = try await wrapper.end()
        #expect(end.status == .signaled(signal))
        #expect(end.error == "systemd-docker: \(signal) before image was there\n")
    }

    @Test("the manager is told how far it has come, and gives it time")
    @LoopActor
    func status() async throws {
        let folder = try TemporaryFolder()
        let socket = try UnixSocket.datagram(at: folder["notify"])
        let docker = try docker(Self.pulled)
        let environment = docker.engine.environment.merging(["NOTIFY_SOCKET": folder["notify"]]) { $1 }
        let end = try await Wrapper(["--pull-timeout=5", "pull", "image"], environment: environment).end()
        #expect(end.status == .exited(0))
        let message = String(decoding: try socket.receive(upTo: 4096).bytes, as: UTF8.self)
        #expect(message == "STATUS=pulling image\nEXTEND_TIMEOUT_USEC=20000000")
    }
}
