// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Testing

@Suite("Process", .timeLimit(.minutes(1)))
struct ProcessTests {
    /// Whether a descriptor is readable, at once or within the time that the suite has.
    private func isReadable(_ descriptor: Int32, wait: Bool) throws -> Bool {
        var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return try system("poll", on: "descriptor \(descriptor)") { poll(&ready, 1, wait ? -1 : 0) } == 1
    }

    @Test(
        "the pidfd is readable at the end, and once the parent has reaped it the kernel tells how it ended",
        arguments: [
            ("exit 0", Linux.ExitStatus.exited(0)), ("exit 3", .exited(3)), ("exit 137", .exited(137)),
            ("kill -KILL $$", .signaled(.kill)), ("kill -TERM $$", .signaled(.terminate)),
            ("kill -34 $$", .signaled(Signal(rawValue: 34))),
        ])
    func end(script: String, status: Linux.ExitStatus) throws {
        let gate = try TemporaryFolder()
        try system("mkfifo", on: gate["gate"]) { mkfifo(gate["gate"], 0o600) }
        let child = try Child("read line <\(gate["gate"]); \(script)")
        let process = try Process(child.id)
        #expect(process.id == child.id)
        #expect(try !isReadable(process.descriptor.rawValue, wait: false))
        // Linux 6.13 and later: what 6.13 and 6.14 do not report is settled when the parent has reaped it.
        let before = process.termination
        #expect(before == .pending || before == .unknown && !Process.kernelTellsExitStatus)
        try Files.write("\n", to: gate["gate"])
        #expect(try isReadable(process.descriptor.rawValue, wait: true))
        #expect(process.termination == before)
        #expect(try child.reap() == status)
        #expect(process.termination == (Process.kernelTellsExitStatus ? .known(status) : .unknown))
    }

    @Test("a signal reaches it")
    func send() throws {
        let child = try Child("exec sleep 1000")
        let process = try Process(child.id)
        try process.send(.user1)
        #expect(try child.reap() == .signaled(.user1))
    }

    @Test("once it was reaped, sending a signal is an error, even if its number is in use again")
    func sendTooLate() throws {
        let child = try Child("exit 0")
        let process = try Process(child.id)
        _ = try child.reap()
        let error = #expect(throws: SystemError.self) { try process.send(.terminate) }
        #expect(error?.isNotFound == true)
        #expect(error?.description == "pidfd_send_signal process \(child.id): No such process")
    }

    @Test("a number that is not in use is an error")
    func missing() throws {
        let child = try Child("exit 0")
        _ = try child.reap()
        let error = #expect(throws: SystemError.self) { _ = try Process(child.id).id }
        #expect(error?.description == "pidfd_open process \(child.id): No such process")
    }
}
