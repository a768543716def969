// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Systemd
import Testing

@testable import Engine

@Suite("Writing into a container", .timeLimit(.minutes(1)))
struct ContainerArchiveTests {
    private let engine: FakeEngine

    init() throws {
        LoopThread.start()
        engine = try FakeEngine()
    }

    @Test(
        "the file comes as an archive that tar takes: root's, of its mode and length",
        arguments: [0, 1, 512, 70_000])
    @LoopActor
    func archive(length: Int) async throws {
        engine.on("PUT", "/containers/*/archive", .json(""))
        let client = try await Client.connect(environment: engine.environment)
        let text = [UInt8](repeating: UInt8(ascii: "x"), count: length)
        try await client.write(text, to: "/run/secrets/a.json", mode: 0o640, in: "c1")
        let request = try #require(engine.received.last)
        #expect(request.headers["content-type"] == "application/x-tar")
        let folder = try TemporaryFolder()
        try Files.replace(folder["tar"], with: request.text)
        let listing = try await EventLoop.shared.command(
            ["tar", "--numeric-owner", "--utc", "-tvPf", folder["tar"]], input: [], within: .seconds(30))
        #expect(
            String(decoding: listing.output, as: UTF8.self).split(separator: " ")
                == ["-rw-r-----", "0/0", "\(length)", "1970-01-01", "00:00", "/run/secrets/a.json\n"])
        _ = try await EventLoop.shared.command(
            ["tar", "-xf", folder["tar"], "-C", folder.path], input: [], within: .seconds(30))
        #expect(try Files.read(folder["run/secrets/a.json"]) == text)
    }

    @Test("a container whose root is read-only is a refusal with the Engine's own words")
    @LoopActor
    func refused() async throws {
        engine.on("PUT", "/containers/*/archive", .refusal(400, "container rootfs is marked read-only"))
        let client = try await Client.connect(environment: engine.environment)
        let error = await #expect(throws: EngineError.self) {
            try await client.write([], to: "/a", mode: 0o600, in: "c1")
        }
        #expect(error?.status == 400)
        #expect(error?.description.contains("container rootfs is marked read-only") == true)
    }
}
