// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Testing

@Suite("Signal witness", .timeLimit(.minutes(1)))
struct SignalWitnessTests {
    private static let watched: [Signal] = [.terminate, .user1, Signal(rawValue: 40), Signal(rawValue: 64)]

    /// A witness made with its signals blocked, as they are for good in the program.
    private func makeWitness() throws -> SignalWitness {
        var (set, old) = (sigset_t(), sigset_t())
        sigemptyset(&set)
        for signal in Self.watched { sigaddset(&set, signal.rawValue) }
        pthread_sigmask(SIG_BLOCK, &set, &old)
        defer { pthread_sigmask(SIG_SETMASK, &old, nil) }
        return try SignalWitness(of: Self.watched)
    }

    /// What it was sent until now: all notes up to the answer to a mark.
    private func notes(of witness: SignalWitness) throws -> [SignalWitness.Note] {
        try witness.mark()
        var notes: [SignalWitness.Note] = []
        while notes.last.map(witness.isMark) != true {
            var ready = pollfd(fd: witness.descriptor.rawValue, events: Int16(POLLIN), revents: 0)
            try system("poll", on: "witness") { poll(&ready, 1, -1) }
            notes += try witness.takeNotes()
        }
        return notes.dropLast()
    }

    @Test("it is another process than ours, and notes nothing where nothing was sent")
    func silence() throws {
        let witness = try makeWitness()
        #expect(witness.id != getpid())
        #expect(try witness.takeNotes().isEmpty)
        #expect(try notes(of: witness).isEmpty)
    }

    @Test("it notes each signal and its sender, before the mark")
    func noted() throws {
        let witness = try makeWitness()
        for number in [SIGUSR1, SIGTERM, 40] { #expect(kill(witness.id, number) == 0) }
        #expect(Set(try notes(of: witness).map(\.signal.rawValue)) == [SIGUSR1, SIGTERM, 40])
        #expect(try notes(of: witness).isEmpty)
        let child = try Child("kill -USR1 \(witness.id)")
        #expect(try child.reap() == .exited(0))
        let note = try notes(of: witness)
        #expect(note.map(\.signal) == [.user1])
        #expect(note.map(\.sender) == [child.id])
    }

    @Test("another process's mark is not taken for ours")
    func foreignMark() throws {
        let witness = try makeWitness()
        let child = try Child("kill -64 \(witness.id)")
        #expect(try child.reap() == .exited(0))
        let notes = try notes(of: witness)
        #expect(notes.map(\.sender) == [child.id])
        #expect(!notes.contains(where: witness.isMark))
    }

    @Test("it goes with its owner")
    func end() throws {
        var witness: SignalWitness? = try makeWitness()
        let process = try Process(witness?.id ?? 0)
        try process.send(Signal(rawValue: 40))
        witness = nil
        let error = #expect(throws: SystemError.self) { try process.send(.terminate) }
        #expect(error?.isNotFound == true)
    }
}
