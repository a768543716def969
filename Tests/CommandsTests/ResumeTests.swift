// SPDX-License-Identifier: Apache-2.0

import Engine
import Glibc
import Linux
import Support
import Systemd
import Testing

@testable import Commands

@Suite("Output over a lost connection", .timeLimit(.minutes(1)))
struct ResumeTests {
    init() { LoopThread.start() }

    /// Before anything is copied, however long a machine takes for it.
    private let begin = time(nil)
    /// In so many seconds there is nothing of what was copied.
    private static let later = 3600

    /// A message of a log, so many seconds from the beginning.
    private func message(_ text: String, stream: UInt8 = 1, _ seconds: Int = 0) -> [UInt8] {
        Docker.frame(stamp(seconds) + text, stream: stream)
    }

    private func stamp(_ seconds: Int) -> String {
        var (now, calendar) = (begin + seconds, tm())
        gmtime_r(&now, &calendar)
        func digits(_ number: Int32) -> String { (number < 10 ? "0" : "") + String(number) }
        return "\(calendar.tm_year + 1900)-\(digits(calendar.tm_mon + 1))-\(digits(calendar.tm_mday))"
            + "T\(digits(calendar.tm_hour)):\(digits(calendar.tm_min)):\(digits(calendar.tm_sec)).000000000Z "
    }

    private static let logs = "\(Docker.path)/logs"

    @LoopActor
    private func finish(_ docker: Docker, _ log: Hijack, _ wrapper: Wrapper) async throws -> Wrapper.End {
        try docker.process.exit(0)
        _ = try await docker.process.ended()
        try await log.close()
        docker.reported.open()
        return try await wrapper.end()
    }

    @Test("wherever the stream is cut, the log goes on there")
    @LoopActor
    func everyCut() async throws {
        let text = Docker.frame("out 1\n") + Docker.frame("err 1\n", stream: 2) + Docker.frame("out 2\n")
        for place in 0...text.count {
            let (docker, log) = (try Docker(MainProcess()), try Hijack())
            docker.engine.on("GET", Self.logs, .hijack(log))
            let wrapper = try docker.run([])
            if place > 0 { try await docker.streams.send(Array(text[..<place])) }
            _ = try await docker.engine.arrival(of: "POST", "\(Docker.path)/start")
            try await docker.streams.close()
            try await log.send(
                message("out 1\n") + message("err 1\n", stream: 2) + message("out 2\n")
                    + message("out 3\n", 1) + message("err 2\n", stream: 2, 1))
            let end = try await finish(docker, log, wrapper)
            #expect(end.output == "out 1\nout 2\nout 3\n", "cut at \(place)")
            #expect(end.error == "err 1\nerr 2\n", "cut at \(place)")
        }
    }

    @Test("the log is cut as well, again and again, also where the daemon is away for a while")
    @LoopActor
    func again() async throws {
        let (docker, first, second) = (try Docker(MainProcess()), try Hijack(), try Hijack())
        docker.engine.on(
            "GET", Self.logs, .hijack(first), .closed, .refusal(503, "shutting down"), .hijack(second))
        let wrapper = try docker.run([])
        try await docker.say("one\n")
        try await wrapper.says("one\n")
        try await docker.streams.close()
        try await first.send(message("one\n") + message("two\n") + message("three\n").prefix(20))
        try await wrapper.says("two\n")
        try await first.close()
        try await second.send(
            message("one\n") + message("two\n") + message("three\n") + message("four\n"))
        #expect(try await finish(docker, second, wrapper).output == "one\ntwo\nthree\nfour\n")
    }

    @Test("what the log has lost is not copied again, and what is new is not taken for old")
    @LoopActor
    func lostByTheLog() async throws {
        let (docker, log) = (try Docker(MainProcess()), try Hijack())
        docker.engine.on("GET", Self.logs, .hijack(log))
        let wrapper = try docker.run([])
        try await docker.say("one\ntwo\nthree\n")
        try await wrapper.says("three\n")
        try await docker.streams.close()
        try await log.send(message("one\n", -1) + message("four\n", Self.later) + message("one\n", Self.later))
        #expect(try await finish(docker, log, wrapper).output == "one\ntwo\nthree\nfour\none\n")
    }

    @Test("a container that ends while the daemon is away is over at once, where the kernel tells how it ended")
    @LoopActor
    func endedMeanwhile() async throws {
        let (docker, log) = (try Docker(code: 3, MainProcess()), try Hijack())
        docker.engine.on("GET", Self.logs, .hijack(log))
        let (former, next) = (try Child("exec sleep 1000"), try Child("exec sleep 1000"))
        let file = String(docker.engine.socket.dropLast("sock".count)) + "pid"
        try Files.replace(file, with: "\(former.id)")
        let wrapper = try docker.run([])
        try await docker.say("one\n")
        try await wrapper.says("one\n")
        former.send(.kill)
        _ = try former.reap()
        let looks = try FileWatch(file)
        try await docker.streams.close()
        // Whether there is another daemon.
        try await looks.opened()
        try docker.process.exit(3)
        _ = try await docker.process.ended()
        docker.reported.open()
        let isTold = Linux.Process.kernelTellsExitStatus
        if !isTold {
            // Then Docker is needed anyway, and there is time for the rest of the log.
            try Files.replace(file, with: "\(next.id)")
            try await log.send(message("one\n") + message("two\n", 1))
            try await log.close()
        }
        let end = try await wrapper.end()
        #expect(end.status == .exited(3))
        #expect(end.output == (isTold ? "one\n" : "one\ntwo\n"))
        #expect(end.error.contains("the container has ended while Docker was away") == isTold)
    }

    @Test("a terminal's log goes on in the midst of a line")
    @LoopActor
    func terminal() async throws {
        let (docker, log) = (try Docker(MainProcess()) { $0.hasTerminal = true }, try Hijack())
        docker.engine.on("GET", Self.logs, .hijack(log))
        let wrapper = try docker.run(["-t"])
        try await docker.streams.send(Array("one\r\ntw".utf8))
        try await wrapper.says("tw")
        try await docker.streams.close()
        try await log.send(
            Array((stamp(0) + "one\r\n" + stamp(0) + "two\r\n" + stamp(1) + "three").utf8))
        #expect(try await finish(docker, log, wrapper).output == "one\ntwo\nthree")
    }

    @Test("a log that cannot be read: the stream goes on, and one line says what may be missing")
    @LoopActor
    func withoutLog() async throws {
        let (docker, next) = (try Docker(MainProcess()), try Hijack())
        docker.engine.on("POST", "\(Docker.path)/attach", .hijack(docker.streams), .hijack(next))
        docker.engine.on("GET", Self.logs, .refusal(501, "configured logging driver does not support reading"))
        let wrapper = try docker.run([])
        try await docker.say("one\n")
        try await wrapper.says("one\n")
        try await docker.streams.close()
        try await next.send(Docker.frame("two\n"))
        let end = try await finish(docker, next, wrapper)
        #expect(end.output == "one\ntwo\n")
        #expect(
            end.error
                == "systemd-docker: what the container has written while Docker was away may be lost: its log driver cannot be read\n"
        )
    }

    // MARK: A journal that has stopped reading

    private static let padding = String(repeating: ".", count: 2000)
    private static let lines = (0..<2000).map { "line \($0) \(padding) of many\n" }

    /// The ends of a journal stream: ours, and the journal's.
    @LoopActor
    private static func journal() throws -> (writing: Int32, reading: Int32) {
        var ends: [Int32] = [-1, -1]
        try system("socketpair", on: "journal") {
            socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
        }
        return (ends[0], ends[1])
    }

    @LoopActor
    private static func readAll(_ descriptor: consuming Descriptor) async throws -> String {
        var bytes: [UInt8] = []
        while true {
            _ = try await EventLoop.shared.wait(for: descriptor, to: .readable)
            let piece = try descriptor.read(upTo: 1 << 20)
            if piece.isEmpty { return String(decoding: bytes, as: UTF8.self) }
            bytes += piece
        }
    }

    @Test("a journal that has stopped reading stops nobody, and gets all of it from the log")
    @LoopActor
    func stoppedJournal() async throws {
        let (docker, log) = (try Docker(MainProcess()), try Hijack())
        docker.engine.on("GET", Self.logs, .hijack(log))
        // The log has it from the time when it was written.
        let messages = Self.lines.flatMap { message($0) }
        let journal = try Self.journal()
        let wrapper = try docker.run([], output: journal.writing)
        close(journal.writing)
        // The stream is left when as much waits as may: whoever goes on sending finds nobody.
        let sending = EventLoop.shared.task { try? await docker.say(Self.lines.joined()) }
        _ = try await docker.engine.arrival(of: "GET", Self.logs)
        await sending.value
        let reading = Descriptor(owning: journal.reading)
        let logging = EventLoop.shared.task {
            try await log.send(messages)
            try docker.process.exit(0)
            _ = try await docker.process.ended()
            try await log.close()
            docker.reported.open()
        }
        #expect(try await Self.readAll(reading) == Self.lines.joined())
        try await logging.value
        #expect(try await wrapper.end() == Wrapper.End(status: .exited(0), output: "", error: ""))
    }

    @Test("a line of our own to a journal that has stopped reading keeps no signal from the container")
    @LoopActor
    func stoppedJournalAndSignal() async throws {
        let docker = try Docker(MainProcess())
        let ranOut = try Gate()
        func event(_ action: String) -> Answer.Step {
            .send(Answer.chunk(#"{"Action":"\#(action)","Actor":{"ID":"\#(Docker.id)"},"timeNano":1}"# + "\n"))
        }
        docker.engine.on(
            "GET", "/events",
            Answer(
                .send(Answer.head(200, ["Transfer-Encoding": "chunked"])), .pass(ranOut), event("oom"), event("pause"),
                .hang))
        let journal = try Self.journal()
        let null = Descriptor(owning: try system("open", on: "/dev/null") { open("/dev/null", O_RDWR | O_CLOEXEC) })
        let filling = [UInt8](repeating: UInt8(ascii: "#"), count: 4096)
        while send(journal.writing, filling, filling.count, Int32(MSG_DONTWAIT)) > 0 {}
        let child = try Child(
            Wrapper.path, ["run", "--name", "web", "image"],
            environment: docker.engine.environment.map { "\($0.key)=\($0.value)" } + ["HOME=/nonexistent"],
            descriptors: [null.rawValue, journal.writing, journal.writing])
        close(journal.writing)
        _ = try await docker.engine.arrival(of: "POST", "\(Docker.path)/start")
        try await docker.say("half a line")
        ranOut.open()
        // It looks at the container after a pause: by then it has had a line to write.
        _ = try await docker.engine.arrival(of: "GET", "\(Docker.path)/json", times: 3)
        child.send(.terminate)
        #expect(try await docker.process.ended() == .signaled(.terminate))
        try await docker.streams.close()
        docker.reported.open()
        let text = try await Self.readAll(Descriptor(owning: journal.reading))
        #expect(text.contains("systemd-docker: container web: out of memory: the kernel killed one of its processes\n"))
        #expect(text.hasSuffix("\nhalf a line") || text.contains("\nhalf a line\n"))
        _ = try child.reap()
    }

    @Test("without a log it gets what fits, whole lines, and one line that says how much is missing")
    @LoopActor
    func stoppedJournalWithoutLog() async throws {
        let docker = try Docker(MainProcess())
        docker.engine.on("GET", Self.logs, .refusal(501, "configured logging driver does not support reading"))
        let journal = try Self.journal()
        let wrapper = try docker.run([], output: journal.writing)
        close(journal.writing)
        try await docker.say(Self.lines.joined())
        let reading = Descriptor(owning: journal.reading)
        let all = EventLoop.shared.task { [reading = reading.release()] in
            try await Self.readAll(Descriptor(owning: reading))
        }
        try await wrapper.complains("bytes of the container's output are lost")
        try await docker.say("new\n")
        try docker.process.exit(0)
        try await docker.ended()
        let end = try await wrapper.end()
        let found = try await all.value.split(separator: "\n")
        #expect(found.last == "new")
        let numbers = found.compactMap { Int($0.split(separator: " ").dropFirst().first ?? "") }
        #expect(numbers.first == 0 && zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 })
        // Only a line that was cut is ended.
        #expect(
            end.error.split(separator: "\n", omittingEmptySubsequences: false).dropLast().allSatisfy { !$0.isEmpty })
        // Where something is missing, the line before it may be cut, and the rest of it is missing, too.
        let gaps = end.error.split(separator: "\n").count
        #expect(found.count { !$0.hasSuffix(" of many") } <= gaps + 1)
        let kept = found.dropLast().reduce(0) { $0 + $1.utf8.count + 1 }
        let lost = end.error.split(separator: " ").compactMap { Int($0) }.reduce(0, +)
        let missing = Self.lines.joined().utf8.count - kept - lost
        #expect((-gaps...gaps * 2048).contains(missing))
    }
}
