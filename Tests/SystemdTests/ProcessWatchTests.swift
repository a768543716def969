// SPDX-License-Identifier: Apache-2.0

import Linux
import Support
import Systemd
import Testing

@Suite("Process watch", .timeLimit(.minutes(1)))
struct ProcessWatchTests {
    init() { LoopThread.start() }

    @Test("its end is reported once, with its status where the kernel knows it")
    @LoopActor
    func end() async throws {
        let child = try Child("exec sleep 1000")
        let process = try ProcessWatch(child.id)
        #expect(!process.hasEnded)
        #expect(try await !process.ends(within: .milliseconds(1)))
        var reports: [Linux.ExitStatus?] = []
        let reported = Waiter<Void>()
        let source = try process.onEnd {
            reports.append($0)
            reported.resume(.success(()))
        }
        try process.send(.terminate)
        #expect(try child.reap() == .signaled(.terminate))
        try await reported.value
        #expect(process.hasEnded)
        #expect(try await process.ends(within: .seconds(50)))
        try await Gate.onceAround()
        #expect(reports == [Linux.Process.kernelTellsExitStatus ? .signaled(.terminate) : nil])
        withExtendedLifetime(source) {}
    }

    @Test("a watch that is released reports nothing, and holds nothing")
    @LoopActor
    func released() async throws {
        final class Witness {}
        let child = try Child("exec sleep 1000")
        let process = try ProcessWatch(child.id)
        var isReported = false
        weak var held: Witness?
        var source: EventSource?
        do {
            let witness = Witness()
            held = witness
            source = try process.onEnd { _ in
                isReported = true
                withExtendedLifetime(witness) {}
            }
        }
        #expect(held != nil && source != nil)
        source = nil
        #expect(held == nil)
        try process.send(.kill)
        _ = try child.reap()
        #expect(try await process.ends(within: .seconds(50)))
        try await Gate.onceAround()
        #expect(!isReported)
    }
}
