// SPDX-License-Identifier: Apache-2.0

import Linux
import Support
import Systemd
import Testing

@Suite("--cidfile", .timeLimit(.minutes(1)))
struct CIDFileTests {
    private static let other = String(repeating: "0", count: 64)

    private let folder: TemporaryFolder

    init() throws {
        LoopThread.start()
        folder = try TemporaryFolder()
    }

    @Test(
        "a file that is not an ID of ours, or is that of a container that there is, stays as it is",
        arguments: ["important\n", other, String(repeating: "x", count: 64), String(other.prefix(12))])
    @LoopActor
    func kept(text: String) async throws {
        try Files.replace(folder["id"], with: text)
        let docker = try Docker(MainProcess())
        docker.engine.on("GET", "/containers/*/json", .refusal(404, "No such container"))
        docker.engine.on(
            "GET", "/containers/\(Self.other)/json", Docker.Inspection(id: Self.other, status: "exited").answer)
        let end = try await docker.run(["--cidfile", folder["id"]]).end()
        #expect(end.status == .exited(125))
        #expect(end.error.contains(folder["id"]))
        #expect(!docker.asked.contains("POST /containers/create"))
        #expect(try Files.text(folder["id"]) == text)
    }

    @Test(
        "a file that a run has left, which was killed, is written anew: it is empty, or its container is gone",
        arguments: ["", other])
    @LoopActor
    func replaced(text: String) async throws {
        try Files.replace(folder["id"], with: text)
        let docker = try Docker(MainProcess())
        docker.engine.on("GET", "/containers/\(Self.other)/json", .refusal(404, "No such container"))
        let wrapper = try await docker.running(["--cidfile", folder["id"]])
        #expect(try Files.text(folder["id"]) == Docker.id)
        try docker.process.exit(0)
        try await docker.ended()
        #expect(try await wrapper.end().status == .exited(0))
    }

    @Test("a container that is taken over takes its own file with it, and no other one", arguments: [Docker.id, other])
    @LoopActor
    func takenOver(text: String) async throws {
        try Files.replace(folder["id"], with: text)
        let docker = try Docker(MainProcess())
        docker.has("running") { $0.removesItself = true }
        let wrapper = try await docker.running(["--rm", "--cidfile", folder["id"]])
        try docker.process.exit(0)
        try await docker.ended()
        #expect(try await wrapper.end().status == .exited(0))
        #expect((try? Files.text(folder["id"])) == (text == Docker.id ? nil : text))
    }
}
