// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Systemd
import Testing

@testable import Commands
@testable import Images

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
        engine.on("DELETE", "/images/*", .json(#"[{"Untagged":"x"}]"#))
        engine.on("POST", "/images/*/tag", .json("", status: 201))
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

    /// Prunes where the Engine has these images, which go by a name of ours; the one called `named` goes by its ID.
    @LoopActor
    private func prune(_ options: String..., images: [String: String]) async throws -> Wrapper.End {
        let list = images.sorted { $0.key < $1.key }.map(\.value)
        engine.on("GET", "/images/json", .json("[\(list.joined(separator: ","))]"))
        for (id, image) in images {
            engine.on("GET", "/images/sha256%3A\(id)/json", .json(image))
            let name = id == "named" ? "sha256:named" : "systemd-docker-unused:\(id)"
            engine.on("DELETE", "/images/\(escape(name))", .json(#"[{"Deleted":"sha256:\#(id)"}]"#))
        }
        return try await Wrapper(["prune"] + options, environment: engine.environment).end()
    }

    private func escape(_ name: String) -> String { name.replacing(":", with: "%3A").replacing("@", with: "%40") }

    /// What was changed, in order.
    private var changes: [String] {
        engine.received.filter { $0.method != "GET" }.map { request in
            let path = String(request.path.dropFirst("/images/".count)).replacing("%3A", with: ":")
                .replacing("%40", with: "@")
            return request.method == "DELETE" ? path : "\(path)?\(request.query)"
        }
    }

    private static func marks(_ id: String) -> String {
        "sha256:\(id)/tag?repo=systemd-docker-unused&tag=\(id)"
    }

    @Test("dangling images go, the newest first, but not those of a container, whether it runs or not")
    @LoopActor
    func dangling() async throws {
        engine.on(
            "GET", "/containers/json",
            .json(#"[{"Id":"c1","Names":[],"ImageID":"sha256:b"},{"Id":"c2","Names":[],"ImageID":"sha256:c"}]"#))
        engine.on("DELETE", "/images/x%40sha256%3A1", .json(#"[{"Deleted":"sha256:layer"},{"Deleted":"sha256:d"}]"#))
        let end = try await prune(
            images: [
                "a": image("a", days: 9, size: 999), "b": image("b", days: 8), "c": image("c", days: 7),
                "d": image("d", "x@sha256:1"),
            ])
        #expect(end.status == .exited(0))
        #expect(end.error == "")
        #expect(
            end.output == """
                removed d x@sha256:1, 1.5 MB
                removed a <none>, 999 B
                removed 2 images, freed at most 1.5 MB

                """)
        #expect(changes == ["x@sha256:1", Self.marks("a"), "systemd-docker-unused:a"])
        let lists = engine.received.filter { $0.path == "/images/json" }
        #expect(lists.contains { $0.query.contains("dangling") })
        #expect(engine.received.filter { $0.method == "DELETE" }.allSatisfy { $0.query == "noprune=1" })
    }

    /// What an image is called when its turn comes, and whether it goes then.
    private static let names: [(String, Bool)] = [
        ("", true), ("app:1.2", false), ("app@sha256:1", false), ("systemd-docker-unused:a", true),
        ("systemd-docker-unused:a systemd-docker-unused@sha256:a", true), ("systemd-docker-unused:a app:1", false),
        ("systemd-docker-rollback:a systemd-docker-rollback@sha256:a", false),
    ]

    @Test("an image that is listed without a name goes only if it has none", arguments: names)
    @LoopActor
    func listedWithoutName(names: String, goes: Bool) async throws {
        for options in [[], ["--all-unused"], ["--dry-run"]] {
            engine.on("GET", "/images/json", .json("[\(image("a"))]"))
            engine.on("GET", "/images/sha256%3Aa/json", .json(image("a", names)))
            engine.on("DELETE", "/images/systemd-docker-unused%3Aa", .json(#"[{"Deleted":"sha256:a"}]"#))
            let end = try await Wrapper(["prune"] + options, environment: engine.environment).end()
            #expect(end.output.contains("a <none>, 1.5 MB\n") == goes)
        }
        if !goes { #expect(changes == []) }
    }

    @Test("a name that comes when the image is being removed keeps it", arguments: [false, true])
    @LoopActor
    func namedMeanwhile(isNamed: Bool) async throws {
        let id = isNamed ? "named" : "a"
        engine.on("GET", "/images/json", .json("[\(image(id, isNamed ? "app:1" : ""))]"))
        engine.on("GET", "/images/sha256%3A\(id)/json", .json(image(id, isNamed ? "app:1" : "")))
        if isNamed {
            engine.on("DELETE", "/images/sha256%3Anamed", .refusal(409, "image is referenced in multiple repositories"))
        }
        let end = try await Wrapper(["prune", "--all-unused"], environment: engine.environment).end()
        #expect(end.status == .exited(0))
        #expect(end.output == "removed 0 images, freed at most 0 B\n")
        #expect(end.error.hasPrefix("systemd-docker: kept \(id) "))
    }

    @Test("--all-unused: an image with several names goes by its names, if they are still its own, and then by its ID")
    @LoopActor
    func named() async throws {
        let names = "db:1 old:1 web:1 web:2 web@sha256:1 old@sha256:1"
        for name in ["web:1", "old@sha256:1"] {
            engine.on("GET", "/images/\(escape(name))/json", .json(image("named", names)))
        }
        engine.on("GET", "/images/db%3A1/json", .json(image("other", "db:1")))
        let end = try await prune("--all-unused", images: ["named": image("named", names)])
        #expect(end.status == .exited(0))
        #expect(end.output.hasPrefix("removed named db:1 old:1 web:1 web:2, 1.5 MB\n"))
        #expect(changes == ["web:1", "old@sha256:1", "sha256:named"])
        #expect(engine.received.filter { $0.path == "/images/json" }.allSatisfy { $0.query == "" })
    }

    @Test("an image that was the base of one that went, and has no name, goes next")
    @LoopActor
    func base() async throws {
        let images = ["a": image("a", days: 1), "b": image("b", days: 2)]
        engine.on("DELETE", "/images/systemd-docker-unused%3Aa", .json(#"[{"Deleted":"sha256:a"}]"#))
        engine.on("DELETE", "/images/systemd-docker-unused%3Ab", .json(#"[{"Deleted":"sha256:b"}]"#))
        for (id, image) in images { engine.on("GET", "/images/sha256%3A\(id)/json", .json(image)) }
        // All images, and the dangling ones, each time.
        let (first, second) = (Answer.json("[\(images["a"] ?? "")]"), Answer.json("[\(images["b"] ?? "")]"))
        engine.on("GET", "/images/json", first, first, second, second, .json("[]"))
        let end = try await Wrapper(["prune"], environment: engine.environment).end()
        #expect(
            end.output == """
                removed a <none>, 1.5 MB
                removed b <none>, 1.5 MB
                removed 2 images, freed at most 3.0 MB

                """)
    }

    @Test("--older-than: what was made, pulled or tagged since stays")
    @LoopActor
    func age() async throws {
        let tagged = image("b", days: 31).replacing(
            #""Labels""#, with: #""Metadata":{"LastTagTime":"2100-01-01T00:00:00Z"},"Labels""#)
        let end = try await prune(
            "--older-than", "30d",
            images: ["a": image("a", days: 31), "b": tagged, "c": image("c", days: 29)])
        #expect(end.status == .exited(0))
        #expect(changes == [Self.marks("a"), "systemd-docker-unused:a"])
    }

    @Test("images of any size that the Engine may tell")
    @LoopActor
    func sizes() async throws {
        let end = try await prune(
            images: [
                "a": image("a", days: 2, size: .max), "b": image("b", days: 1, size: .max), "c": image("c", size: .min),
            ])
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
        let end = try await prune("--dry-run", images: ["a": image("a")])
        #expect(end.status == .exited(0))
        #expect(end.output == "would remove a <none>, 1.5 MB\nwould remove 1 image and free at most 1.5 MB\n")
        #expect(changes == [])
    }

    @Test(
        "what the Engine says is in use stays, and is no failure; any other refusal is",
        arguments: [(409, 0, "kept"), (500, 1, "remove")])
    @LoopActor
    func refused(status: Int, code: UInt8, word: String) async throws {
        engine.on("DELETE", "/images/x%40sha256%3Aa", .refusal(status, "image is being used"))
        let end = try await prune(images: ["a": image("a", "x@sha256:a", days: 1), "b": image("b", days: 2)])
        #expect(end.status == .exited(code))
        #expect(end.output == "removed b <none>, 1.5 MB\nremoved 1 image, freed at most 1.5 MB\n")
        let call = "DELETE /images/x%40sha256%3Aa: Docker answered \(status): image is being used"
        #expect(end.error == "systemd-docker: \(word) a x@sha256:a, 1.5 MB: \(call)\n")
    }

    @Test("where it cannot be known what is in use, nothing goes", arguments: ["/containers/json", "/images/json"])
    @LoopActor
    func unknown(path: String) async throws {
        engine.on("GET", path, .refusal(500, "no"))
        let end =
            path == "/images/json"
            ? try await Wrapper(["prune"], environment: engine.environment).end()
            : try await prune(images: ["a": image("a")])
        #expect(end.status == .exited(125))
        #expect(end.error == "systemd-docker: remove unused images: GET \(path): Docker answered 500: no\n")
        #expect(changes == [])
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
