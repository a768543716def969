// SPDX-License-Identifier: Apache-2.0

import Claims
import Linux
import Support
import Systemd
import Testing

@Suite("Ownership of a container", .timeLimit(.minutes(1)))
struct OwnershipTests {
    init() { LoopThread.start() }

    @Test("a start that fails owns its container until that is removed")
    @LoopActor
    func undone() async throws {
        let docker = try Docker(MainProcess())
        let removal = try Gate()
        docker.engine.on("POST", "\(Docker.path)/start", .refusal(500, "no"))
        docker.engine.on("DELETE", Docker.path, Answer(.pass(removal), .send(Answer.head(204, [:]))))
        let wrapper = try docker.run()
        _ = try await docker.engine.arrival(of: "DELETE", Docker.path)
        let subject = Subject(container: Docker.id, engine: try Files.resolve(docker.engine.socket))
        let places = [Address.ofOwner(runtimeDirectory: nil), .abstract]
        #expect(try Owner.find(of: subject, at: places) != nil)
        removal.open()
        #expect(try await wrapper.end().status == .exited(125))
        #expect(try Owner.find(of: subject, at: places) == nil)
    }
}
