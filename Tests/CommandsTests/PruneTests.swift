// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Systemd
import Testing

@testable import Commands

@Suite("Prune", .timeLimit(.minutes(1)))
struct PruneTests {
    private static let day = 86400
    private let engine: FakeEngine

    init() throws {
        LoopThread.start()
        engine = try FakeEngine()
        engine.on("GET", "/containers/json", .json("[]"))
        // What units of this machine name.
        engine.on("GET", "/images/*/json", .refusal(404, "No such image"))
        engine.on("DELETE", "/images/*", .json("[]"))
    }

    /// An image that was made so many days ago.
    private func image(_ id: String, _ names: String = "", days: Int = 0, size: Int = 1_500_000) -> String {
        let tags = names.split(separator: " ").filter { !$0.contains("@") }.map { "\"\($0)\"" }.joined(separator: ",")
        let digests = names.split(separator: " ").filter { $0.contains("@") }.map { "\"\($0)\"" }.joined(separator: ",")
        return """
            {"Id":"sha256:\(id)","RepoTags":[\(tags)],"RepoDigests":[\(digests)],"Size":\(size),\
            "Created":\(time(nil) - days * Self.day),"Labels":null}
            """
    }

    @LoopActor
    private func prune(_ options: String..., images: [String]) async throws -> Wrapper.End {
        engine.on("GET", "/images/json", .json("[\(images.joined(separator: ","))]"))
        return try await Wrapper(["prune"] + options, environment: engine.environment).end()
    }

    private var removed: [String] {
        engine.received.filter { $0.method == "DELETE" }.map { String($0.path.dropFirst("/images/".count)) }
    }

    @Test("dangling images go, the newest first, but not those of a container, whether it runs or not")
    @LoopActor
    func dangling() async throws {
        engine.on(
            "GET", "/containers/json",
            .json(#"[{"Id":"c1","Names":[],"ImageID":"sha256:b"},{"Id":"c2","Names":[],"ImageID":"sha256:c"}]"#))
        let end = try await prune(
            images: [
                image("a", days: 9, size: 999), image("b", days: 8), image("c", days: 7), image("d", "x@sha256:1"),
            ])
        #expect(end.status == .exited(0))
        #expect(end.error == "")
        #expect(
            end.output == """
                removed d x@sha256:1, 1.5 MB
                removed a <none>, 999 B
                removed 2 images, freed at most 1.5 MB

                """)
        #expect(removed == ["sha256%3Ad", "sha256%3Aa"])
        #expect(engine.received.first { $0.path == "/images/json" }?.query.contains("dangling") == true)
    }

    @Test("--all-unused: an image with names of several repositories goes by its names, if they are still its own")
    @LoopActor
    func named() async throws {
        engine.on("GET", "/images/web%3A1/json", .json(#"{"Id":"sha256:a"}"#))
        engine.on("GET", "/images/db%3A1/json", .json(#"{"Id":"sha256:other"}"#))
        let end = try await prune(
            "--all-unused", images: [image("a", "web:1 db:1 web@sha256:1"), image("b", "c:1 c:2")])
        #expect(end.status == .exited(0))
        #expect(Set(removed) == ["web%3A1", "sha256%3Ab"])
        #expect(engine.received.first { $0.path == "/images/json" }?.query == "")
    }

    @Test("--older-than: what was made, pulled or tagged since stays")
    @LoopActor
    func age() async throws {
        engine.on("GET", "/images/sha256%3Aa/json", .json(#"{"Id":"sha256:a"}"#))
        engine.on(
            "GET", "/images/sha256%3Ab/json",
            .json(#"{"Id":"sha256:b","Metadata":{"LastTagTime":"2100-01-01T00:00:00Z"}}"#))
        let end = try await prune(
            "--older-than", "30d", images: [image("a", days: 31), image("b", days: 31), image("c", days: 29)])
        #expect(end.status == .exited(0))
        #expect(removed == ["sha256%3Aa"])
    }

    @Test("images of any size that the Engine may tell")
    @LoopActor
    func sizes() async throws {
        let end = try await prune(
            images: [image("a", days: 2, size: .max), image("b", days: 1, size: .max), image("c", size: .min)])
        #expect(end.status == .exited(0))
        #expect(
            end.output == """
                removed c <none>, 0 B
                removed b <none>, 9223372.0 TB
                removed a <none>, 9223372.0 TB
                removed 3 images, freed at most 9223372.0 TB

                """)
    }

    @Test("--dry-run removes nothing")
    @LoopActor
    func dry() async throws {
        let end = try await prune("--dry-run", images: [image("a")])
        #expect(end.status == .exited(0))
        #expect(end.output == "would remove a <none>, 1.5 MB\nwould remove 1 image and free at most 1.5 MB\n")
        #expect(removed == [])
    }

    @Test(
        "what the Engine says is in use stays, and is no failure; any other refusal is",
        arguments: [(409, 0, "kept"), (500, 1, "remove")])
    @LoopActor
    func refused(status: Int, code: UInt8, word: String) async throws {
        engine.on("DELETE", "/images/sha256%3Aa", .refusal(status, "image is being used"))
        let end = try await prune(images: [image("a", days: 1), image("b", days: 2)])
        #expect(end.status == .exited(code))
        #expect(end.output == "removed b <none>, 1.5 MB\nremoved 1 image, freed at most 1.5 MB\n")
        let call = "DELETE /images/sha256%3Aa: Docker answered \(status): image is being used"
        #expect(end.error == "systemd-docker: \(word) a <none>, 1.5 MB: \(call)\n")
    }

    @Test("where it cannot be known what is in use, nothing goes", arguments: ["/containers/json", "/images/json"])
    @LoopActor
    func unknown(path: String) async throws {
        engine.on("GET", path, .refusal(500, "no"))
        let end =
            path == "/images/json"
            ? try await Wrapper(["prune"], environment: engine.environment).end()
            : try await prune(images: [image("a")])
        #expect(end.status == .exited(125))
        #expect(end.error == "systemd-docker: remove unused images: GET \(path): Docker answered 500: no\n")
        #expect(removed == [])
    }

    @Test("without Docker it fails, and a wrong option is the command line's fault")
    @LoopActor
    func failures() async throws {
        let away = ["DOCKER_HOST": "unix:///no/such.sock"]
        let end = try await Wrapper(["--engine-timeout", "0", "prune"], environment: away).end()
        #expect(end.status == .exited(125))
        #expect(try await Wrapper(["prune", "--force"], environment: away).end().status == .exited(64))
        #expect(
            try await Wrapper(["prune", "--help"], environment: away).end().output.contains("--older-than duration"))
    }
}
