// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Testing

/// Nothing that comes from outside ends the program, or keeps it busy.
///
/// `FUZZ_SEED=N` repeats a run, `FUZZ_ROUNDS=N` makes it longer: `FUZZ_ROUNDS=1000000 swift test --filter FuzzTests`.
@Suite("Fuzzing")
struct FuzzTests {
    private static let environment = Dictionary(
        environmentEntries().map { entry in
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
        }, uniquingKeysWith: { first, _ in first })
    private static let seed: UInt64 = {
        let seed = environment["FUZZ_SEED"].flatMap { UInt64($0) } ?? .random(in: 1...999_999)
        print("FUZZ_SEED=\(seed)")
        return seed
    }()
    private static let rounds = environment["FUZZ_ROUNDS"].flatMap { Int($0) } ?? 500

    @Test("no input ends the program", arguments: Decoder.all.map(\.name))
    func survives(name: String) async throws {
        let folder = try TemporaryFolder()
        let (seed, rounds, path) = (Self.seed, Self.rounds, folder["input"])
        // A process of its own: a trap ends it.
        let end = await #expect(processExitsWith: .success, observing: [\.exitStatus]) {
            [name = name as String, seed = seed as UInt64, rounds = rounds as Int, path = path as String] in
            try await FuzzTests.run(name, seed: seed, rounds: rounds, noting: path)
        }
        guard end == nil else { return }
        let input = (try? Files.read(path)) ?? []
        let text = String(decoding: input, as: UTF8.self).debugDescription
        Issue.record(
            """
            FUZZ_SEED=\(seed) FUZZ_ROUNDS=\(rounds): \(name) does not survive these \(input.count) bytes: \
            \(text.prefix(2000)): \(input.prefix(2000))
            """)
    }

    /// Decodes one input after the other; the one at work stands in the file.
    private static func run(_ name: String, seed: UInt64, rounds: Int, noting path: String) async throws {
        let decoder = try #require(Decoder.all.first { $0.name == name })
        let note = Descriptor(
            owning: try system("open", on: path) { open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600) })
        // For those that answer, or wait.
        LoopThread.start()
        // Not the same numbers for each decoder.
        let start = name.utf8.reduce(seed) { $0 &* 31 &+ UInt64($1) }
        var mutator = Mutator(numbers: SeededNumbers(state: start), seeds: decoder.seeds)
        for input in decoder.seeds + (0..<rounds / decoder.cost).map({ _ in mutator.next() }) {
            _ = ftruncate(note.rawValue, 0)
            _ = pwrite(note.rawValue, input, input.count, 0)
            // What takes so long for 20 KB would take far too long for more (SIGALRM ends the process).
            alarm(20)
            try await decoder.decode(input)
        }
        alarm(0)
    }
}
