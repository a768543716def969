// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Testing

@testable import Systemd

@Suite("Commands", .timeLimit(.minutes(1)))
struct CommandTests {
    init() { LoopThread.start() }

    @LoopActor
    private func run(_ script: String, input: String = "", seconds: Int = 50) async throws -> CommandEnd {
        try await EventLoop.shared.command(
            ["sh", "-c", script], input: Array(input.utf8), within: .seconds(seconds))
    }

    @Test("a command gets its input, and its output and its end come back")
    @LoopActor
    func exchange() async throws {
        let end = try await run("cat; echo dropped >&2; exit 3", input: "a\nb")
        #expect(end == CommandEnd(status: .exited(3), output: Array("a\nb".utf8)))
        #expect(try await run("kill -TERM $$").status == .signaled(.terminate))
        #expect(try await run("head -c 60000 /dev/zero").output.count == 60000)
        let all = try await EventLoop.shared.command(
            ["sh", "-c", "echo out; echo err >&2"], takesErrors: true, within: .seconds(50))
        #expect(all.output == Array("out\nerr\n".utf8))
    }

    @Test("no signal is blocked in it, though we block those that the loop sees")
    @LoopActor
    func clean() async throws {
        let masks = try await run("grep SigBlk /proc/self/status")
        #expect(String(decoding: masks.output, as: UTF8.self) == "SigBlk:\t0000000000000000\n")
    }

    @Test("a process that it leaves behind with its output is not waited for")
    @LoopActor
    func leftBehind() async throws {
        let end = try await run("sleep 1000 & echo $!")
        #expect(end.status == .exited(0))
        let child = try #require(Int32(String(decoding: end.output, as: UTF8.self).split(separator: "\n").first ?? ""))
        #expect(kill(child, SIGKILL) == 0)
    }

    @Test("a process that it leaves behind may write without end: at most a pipe's capacity is read")
    @LoopActor
    func leftWriting() async throws {
        // It dies of SIGPIPE once we are done.
        let end = try await run("yes &", seconds: 20)
        #expect(end.status == .exited(0) && end.output.count <= 65536)
    }

    @Test("one that does not end in time is killed, and so are its children")
    @LoopActor
    func late() async throws {
        let folder = try TemporaryFolder()
        try system("mkfifo", on: "gate") { mkfifo(folder["gate"], 0o600) }
        // Once the child is dead and our own end closed, no process has the fifo open, and the reader sees its end.
        let reader = Descriptor(
            owning: try system("open", on: "gate") { open(folder["gate"], O_RDONLY | O_NONBLOCK | O_CLOEXEC) })
        let writer = try system("open", on: "gate") { open(folder["gate"], O_WRONLY | O_CLOEXEC) }
        await #expect(throws: SystemError(call: "wait for", subject: "sh", code: ETIMEDOUT)) {
            _ = try await self.run("sleep 1000 >\(folder["gate"]) & wait", seconds: 1)
        }
        close(writer)
        #expect(try await EventLoop.shared.wait(for: reader, to: .readable).contains(.hungUp))
    }

    @Test("one that is not there is told by its name")
    @LoopActor
    func missing() async throws {
        await #expect(throws: SystemError(call: "posix_spawnp", subject: "nosuch-program", code: ENOENT)) {
            _ = try await EventLoop.shared.command(["nosuch-program"], within: .seconds(50))
        }
    }
}
