// SPDX-License-Identifier: Apache-2.0

import Engine
import Glibc
import Linux
import Support
import Systemd
import Testing

@testable import Commands
@testable import Output
@testable import Console

@Suite("Streams of a container", .timeLimit(.minutes(1)))
struct StreamTests {
    init() { LoopThread.start() }

    /// Ends the container, and says what the wrapper has brought.
    @LoopActor
    private func finish(_ docker: Docker, _ wrapper: Wrapper) async throws -> Wrapper.End {
        try docker.process.exit(0)
        try await docker.ended()
        return try await wrapper.end()
    }

    @Test("stdout comes to stdout and stderr to stderr, wherever the bytes are cut")
    @LoopActor
    func everyCut() async throws {
        let docker = try Docker(MainProcess())
        let wrapper = try docker.run([])
        let text = Docker.frame("out 1\n") + Docker.frame("err\n", stream: 2) + Docker.frame("") + Docker.frame("ü 2\n")
        for size in 1...text.count {
            for start in stride(from: 0, to: text.count, by: size) {
                try await docker.streams.send(Array(text[start..<min(start + size, text.count)]))
                // Once around the loop, so that it may come as it was sent.
                try await Gate.onceAround()
            }
        }
        let end = try await finish(docker, wrapper)
        #expect(end.output == String(repeating: "out 1\nü 2\n", count: text.count))
        #expect(end.error == String(repeating: "err\n", count: text.count))
    }

    @Test("much output comes whole", arguments: [true, false])
    @LoopActor
    func much(hasTerminal: Bool) async throws {
        let docker = try Docker(MainProcess()) { $0.hasTerminal = hasTerminal }
        let wrapper = try docker.run([])
        let lines = (0..<100_000).map { "line \($0)\n" }.joined()
        try await docker.streams.send(hasTerminal ? Array(lines.utf8) : Docker.frame(lines))
        let end = try await finish(docker, wrapper)
        #expect(end.output == lines)
        #expect(end.error.isEmpty)
    }

    @Test("a terminal's line ends become newlines for who is no terminal, the last return at its end included")
    @LoopActor
    func terminal() async throws {
        let docker = try Docker(MainProcess()) { $0.hasTerminal = true }
        let wrapper = try docker.run(["-t"])
        for piece in ["one\r", "\ntwo\r\n", "50%\r", "100%\r\n", "\r"] {
            try await docker.streams.send(Array(piece.utf8))
        }
        #expect(try await finish(docker, wrapper).output == "one\ntwo\n50%\r100%\n\r")
    }

    @Test("garbage is said to be garbage, once, and nobody waits for its reader")
    @LoopActor
    func garbage() async throws {
        let docker = try Docker(MainProcess())
        let wrapper = try docker.run([])
        try await docker.say("up\n")
        // More than any buffer on the way holds: somebody still takes it.
        try await docker.streams.send([UInt8](repeating: UInt8(ascii: "#"), count: 8 << 20))
        let end = try await finish(docker, wrapper)
        #expect(end.status == .exited(0))
        #expect(end.output == "up\n")
        #expect(
            end.error
                == "systemd-docker: read the container's output: Docker sends what is none: the rest is dropped\n")
    }

    @Test("output that nobody reads keeps no signal from the container")
    @LoopActor
    func slowReader() async throws {
        let docker = try Docker(MainProcess())
        let gate = try Gate()
        let wrapper = try docker.run([], outputAfter: gate)
        let text = String(repeating: "x", count: 1 << 20)
        let sending = EventLoop.shared.task { try await docker.say(text) }
        // What the pipe takes is written by then: the rest waits in the wrapper.
        while try wrapper.written() < 60000 { try await EventLoop.shared.sleep(.milliseconds(1)) }
        wrapper.send(.terminate)
        #expect(try await docker.process.ended() == .signaled(.terminate))
        gate.open()
        try await sending.value
        try await docker.streams.close()
        docker.reported.open()
        let end = try await wrapper.end()
        #expect(end.status == (Linux.Process.kernelTellsExitStatus ? .signaled(.terminate) : .exited(0)))
        #expect(end.output == text)
    }

    @Test("output that never pauses leaves the loop to others in between")
    @LoopActor
    func flood() async throws {
        let (engine, hijack) = (try FakeEngine(), try Hijack())
        engine.on("POST", "/containers/web/attach", .hijack(hijack))
        let client = try await Client.connect(environment: engine.environment)
        let stream = try await client.attach("web", withInput: false)
        // Three times what is read at once, of frames that hold nothing.
        try await hijack.send((0..<12288).flatMap { _ in Docker.frame("") })
        engine.on("GET", "/containers/web/json", Docker.Inspection().answer)
        let output = OutputRelay(
            stream, of: try await client.inspect("web"), client: client, since: .now, hasInput: false,
            diagnostics: Diagnostics(environment: [:]))
        let copying = EventLoop.shared.task { try await output.copy(of: nil) }
        let next = EventLoop.shared.task { try await stream.read() }
        // It has its turn before all is copied.
        #expect(try await next.value.count == 32768)
        try await hijack.close()
        try await copying.value
    }

    @Test("output that nobody wants any more is no concern of the container")
    @LoopActor
    func closedOutput() async throws {
        let docker = try Docker(MainProcess())
        let pipe = try Pipe()
        let writing = try Descriptor.duplicate(of: pipe.writing.rawValue)
        let null = Descriptor(owning: try system("open", on: "/dev/null") { open("/dev/null", O_RDWR | O_CLOEXEC) })
        let child = try Child(
            Wrapper.path, ["run", "--name", "web", "image"],
            environment: docker.engine.environment.map { "\($0.key)=\($0.value)" } + ["HOME=/nonexistent"],
            descriptors: [null.rawValue, writing.rawValue, null.rawValue])
        do {
            let reading = pipe.closingWriting()
            try await docker.say("up\n")
            _ = try await EventLoop.shared.wait(for: reading, to: .readable)
        }
        _ = writing.release()
        try await docker.streams.send(Docker.frame(String(repeating: "x", count: 8 << 20)))
        try docker.process.exit(3)
        try await docker.ended()
        #expect(try child.reap() == .exited(Linux.Process.kernelTellsExitStatus ? 3 : 0))
    }

    @Test("--logs=false attaches to nothing")
    @LoopActor
    func withoutLogs() async throws {
        let docker = try Docker(MainProcess())
        let wrapper = try docker.run(wrapper: ["--logs=false"])
        _ = try await docker.engine.arrival(of: "POST", "\(Docker.path)/start")
        try docker.process.exit(0)
        _ = try await docker.process.ended()
        docker.reported.open()
        #expect(try await wrapper.end() == Wrapper.End(status: .exited(0), output: "", error: ""))
        #expect(!docker.asked.contains("POST /containers/ID/attach"))
    }

    // MARK: stdin

    @Test("our stdin is the container's, and its end too")
    @LoopActor
    func input() async throws {
        let docker = try Docker(MainProcess())
        let pipe = try Pipe()
        let wrapper = try docker.run(["-i"], input: pipe.reading.rawValue)
        let text = "to the container\n"
        try system("write", on: "pipe") { write(pipe.writing.rawValue, text, text.utf8.count) }
        #expect(try await docker.streams.read() == Array(text.utf8))
        _ = pipe.closingWriting()
        #expect(try await docker.streams.read().isEmpty)
        try await docker.say("and back\n")
        #expect(try await finish(docker, wrapper).output == "and back\n")
        #expect(docker.engine.received.first { $0.path.hasSuffix("/attach") }?.query.hasSuffix("stdin=1") == true)
        let creation = docker.engine.received.first { $0.path == "/containers/create" }
        #expect(creation?.text.contains(#""OpenStdin":true"#) == true)
        #expect(creation?.text.contains(#""AttachStdin":true"#) == true)
    }

    @Test("stdin from a file comes whole")
    @LoopActor
    func fileInput() async throws {
        let docker = try Docker(MainProcess())
        let folder = try TemporaryFolder()
        let text = (0..<100_000).map { "line \($0)\n" }.joined()
        try Files.replace(folder["input"], with: text)
        let file = Descriptor(owning: try system("open", on: "input") { open(folder["input"], O_RDONLY | O_CLOEXEC) })
        let wrapper = try docker.run(["-i"], input: file.rawValue)
        var bytes: [UInt8] = []
        while true {
            let piece = try await docker.streams.read()
            if piece.isEmpty { break }
            bytes += piece
        }
        #expect(bytes == Array(text.utf8))
        #expect(try await finish(docker, wrapper).status == .exited(0))
    }

    @Test("a container that ends while stdin still comes is no trouble")
    @LoopActor
    func unreadInput() async throws {
        let docker = try Docker(MainProcess())
        let endless = Descriptor(owning: try system("open", on: "zero") { open("/dev/zero", O_RDONLY | O_CLOEXEC) })
        let wrapper = try docker.run(["-i"], input: endless.rawValue)
        _ = try await docker.streams.read()
        try await docker.say("enough\n")
        let end = try await finish(docker, wrapper)
        #expect(end == Wrapper.End(status: .exited(0), output: "enough\n", error: ""))
    }

    @Test("without -i there is no stdin")
    @LoopActor
    func withoutInput() async throws {
        let docker = try Docker(MainProcess())
        let pipe = try Pipe()
        let wrapper = try docker.run([], input: pipe.reading.rawValue)
        #expect(try await finish(docker, wrapper).status == .exited(0))
        #expect(docker.engine.received.first { $0.path.hasSuffix("/attach") }?.query.contains("stdin") == false)
    }
}
