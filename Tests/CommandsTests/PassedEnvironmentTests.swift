// SPDX-License-Identifier: Apache-2.0

import Linux
import Support
import Systemd
import Testing

@Suite("--env", .timeLimit(.minutes(1)))
struct PassedEnvironmentTests {
    init() { LoopThread.start() }

    @Test("of two values for one name the Engine takes the last: that is the one of -e and --env-file")
    @LoopActor
    func order() async throws {
        let (docker, folder) = (try Docker(MainProcess()), try TemporaryFolder())
        try Files.replace(folder["file"], with: "B=file\n")
        docker.engine.on("POST", "/containers/create", .refusal(500, "that is enough"))
        let wrapper = try docker.run(
            ["-e", "A=given", "--env-file", folder["file"]], wrapper: ["--env"],
            environment: ["A": "unit", "B": "unit", "C": "unit"])
        #expect(try await wrapper.end().status == .exited(125))
        let creation = try #require(docker.engine.received.first { $0.path == "/containers/create" }).text
        let list = try #require(creation.split(separator: #""Env":["#).dropFirst().first).prefix { $0 != "]" }
        let entries = list.split(separator: ",").map { String($0.dropFirst().dropLast()) }
        func last(_ name: String) -> String? { entries.last { $0.hasPrefix("\(name)=") } }
        #expect(last("A") == "A=given")
        #expect(last("B") == "B=file")
        #expect(last("C") == "C=unit")
    }
}
