// SPDX-License-Identifier: Apache-2.0

import Support
import Systemd
import Testing

@testable import Engine

@Suite("Lists of images and containers", .timeLimit(.minutes(1)))
struct ImageListTests {
    private let engine: FakeEngine

    init() throws {
        LoopThread.start()
        engine = try FakeEngine()
    }

    @Test("images: what has no name is called <none> by some Engines, and null by others")
    @LoopActor
    func images() async throws {
        engine.on(
            "GET", "/images/json",
            .json(
                """
                [{"Id":"sha256:1","RepoTags":["<none>:<none>"],"RepoDigests":["<none>@<none>"],"Size":5,"Created":7},
                {"Id":"sha256:2","RepoTags":null,"RepoDigests":["a@sha256:3"],"Size":6,"Created":8,"Labels":{"a":"b"}}]
                """))
        let client = try await Client.connect(environment: engine.environment)
        let images = try await client.images(filters: ["dangling": ["true"]])
        #expect(engine.received.last?.query == "filters=%7B%22dangling%22%3A%5B%22true%22%5D%7D")
        #expect(images.map(\.image.id) == ["sha256:1", "sha256:2"])
        #expect(images.map(\.image.tags) == [[], []])
        #expect(images.map(\.image.digests) == [[], ["a@sha256:3"]])
        #expect(images.map(\.created) == [7, 8])
    }

    @Test(
        "inspect: the last tag's time, in any zone",
        arguments: [
            (#""2024-02-29T12:00:00.123456789+02:00""#, 1_709_200_800), (#""2024-02-29T10:00:00Z""#, 1_709_200_800),
            (#""2024-02-29T05:30:00.5-04:30""#, 1_709_200_800), (#""0001-01-01T00:00:00Z""#, 0), (#""now""#, 0),
            ("null", 0),
        ])
    @LoopActor
    func lastTag(text: String, seconds: Int64) async throws {
        engine.on(
            "GET", "/images/*/json", .json(#"{"Id":"sha256:1","Size":5,"Metadata":{"LastTagTime":\#(text)}}"#))
        let client = try await Client.connect(environment: engine.environment)
        #expect(try await client.inspectImage("host.example:5000/a:1").lastTagged == seconds)
        #expect(engine.received.last?.path == "/images/host.example%3A5000%2Fa%3A1/json")
    }

    @Test("removal: gone already is as good, in use is a conflict", arguments: [200, 404, 409])
    @LoopActor
    func removal(status: Int) async throws {
        let good = Answer.json(#"[{"Untagged":"a:1"},{"Deleted":"sha256:1"},{"Deleted":"sha256:layer"}]"#)
        engine.on("DELETE", "/images/*", status == 200 ? good : .refusal(status, "image is being used"))
        let client = try await Client.connect(environment: engine.environment)
        do throws(EngineError) {
            let gone = try await client.removeImage("sha256:1")
            #expect(gone == (status == 200 ? ["sha256:1", "sha256:layer"] : []))
        } catch {
            #expect(error.isConflict)
        }
        #expect(engine.received.last?.target == "/v1.45/images/sha256%3A1?noprune=1")
    }

    @Test("containers: those that do not run, too, by label")
    @LoopActor
    func containers() async throws {
        engine.on(
            "GET", "/containers/json",
            .json(
                #"[{"Id":"c1","Names":["/a"],"ImageID":"sha256:1","Labels":{"x":"y"}},"#
                    + #"{"Id":"c2","Names":[],"ImageID":"sha256:2","Labels":null}]"#))
        let client = try await Client.connect(environment: engine.environment)
        let containers = try await client.list(filters: ["label": ["x"]])
        #expect(engine.received.last?.query == "all=1&filters=%7B%22label%22%3A%5B%22x%22%5D%7D")
        #expect(containers.map(\.imageID) == ["sha256:1", "sha256:2"])
        #expect(containers.map(\.labels) == [["x": "y"], [:]])
    }
}
