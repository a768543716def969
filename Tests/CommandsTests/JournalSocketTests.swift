// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Systemd
import Testing

@Suite("Output to the journal's sockets", .timeLimit(.minutes(1)))
struct JournalSocketTests {
    init() { LoopThread.start() }

    /// The journal's end of a stream.
    private final class Journal {
        let reading: Descriptor
        let writing: Int32

        init() throws {
            var ends: [Int32] = [-1, -1]
            try system("socketpair", on: "journal") {
                socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
            }
            reading = Descriptor(owning: ends[0])
            writing = ends[1]
        }

        /// The next bytes; none at the end.
        @LoopActor
        func read() async throws -> String {
            _ = try await EventLoop.shared.wait(for: reading, to: .readable)
            return String(decoding: try reading.read(upTo: 1 << 20), as: UTF8.self)
        }

        @LoopActor
        func readAll() async throws -> String {
            var text = ""
            while case let piece = try await read(), !piece.isEmpty { text += piece }
            return text
        }
    }

    /// Runs the wrapper with these as its stdout and stderr, which are the wrapper's alone from then on.
    @LoopActor
    private func run(_ docker: Docker, output: Journal, error: Journal) throws -> Child {
        let null = Descriptor(owning: try system("open", on: "/dev/null") { open("/dev/null", O_RDWR | O_CLOEXEC) })
        let child = try Child(
            Wrapper.path, ["run", "--name", "web", "image"],
            environment: docker.engine.environment.map { "\($0.key)=\($0.value)" } + ["HOME=/nonexistent"],
            descriptors: [null.rawValue, output.writing, error.writing])
        close(output.writing)
        if error !== output { close(error.writing) }
        return child
    }

    @LoopActor
    private func finish(_ docker: Docker, _ child: Child) async throws {
        try docker.process.exit(0)
        try await docker.ended()
        #expect(try child.reap() == .exited(0))
    }

    @Test("one socket for both: the beginning of a line waits for its end, so that no line is of both streams")
    @LoopActor
    func oneSocket() async throws {
        let (docker, journal) = (try Docker(MainProcess()), try Journal())
        let child = try run(docker, output: journal, error: journal)
        try await docker.say("one, ")
        try await docker.streams.send(Docker.frame("error\n", stream: 2))
        try await docker.say("two\n")
        try await finish(docker, child)
        #expect(try await journal.readAll() == "error\none, two\n")
    }

    @Test("one socket for both: at the end comes what has no newline, of either stream", arguments: [1, 2] as [UInt8])
    @LoopActor
    func lastWords(stream: UInt8) async throws {
        let (docker, journal) = (try Docker(MainProcess()), try Journal())
        let child = try run(docker, output: journal, error: journal)
        try await docker.streams.send(Docker.frame("last words", stream: stream))
        try await finish(docker, child)
        #expect(try await journal.readAll() == "last words")
    }

    @Test("one socket for both: a line without an end does not wait for one", arguments: [1, 2] as [UInt8])
    @LoopActor
    func endlessLine(stream: UInt8) async throws {
        let (docker, journal) = (try Docker(MainProcess()), try Journal())
        let child = try run(docker, output: journal, error: journal)
        // More than the journal takes as one line.
        let line = String(repeating: "x", count: 100_000)
        let sending = EventLoop.shared.task { try await docker.streams.send(Docker.frame(line, stream: stream)) }
        var text = try await journal.read()
        #expect(text.utf8.allSatisfy { $0 == UInt8(ascii: "x") })
        try await sending.value
        try docker.process.exit(0)
        let ending = EventLoop.shared.task { try await docker.ended() }
        text += try await journal.readAll()
        try await ending.value
        #expect(text == line)
        #expect(try child.reap() == .exited(0))
    }

    @Test("a socket for each: the beginning of a line comes at once", arguments: [1] as [UInt8])
    @LoopActor
    func twoSockets(stream: UInt8) async throws {
        let (docker, output, error) = (try Docker(MainProcess()), try Journal(), try Journal())
        let child = try run(docker, output: output, error: error)
        try await docker.streams.send(Docker.frame("password: ", stream: stream))
        #expect(try await (stream == 1 ? output : error).read() == "password: ")
        try await finish(docker, child)
    }
}
