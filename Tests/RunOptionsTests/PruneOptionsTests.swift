// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RunOptions

@Suite("Options of prune")
struct PruneOptionsTests {
    @Test(
        "a time is in days, or as docker has it",
        arguments: [("30d", 2_592_000), ("12h", 43200), ("720h", 2_592_000), ("1d12h", 129_600), ("0", 0), ("90s", 90)])
    func ages(text: String, seconds: Int64) throws {
        #expect(try PruneOptions(parsing: ["--older-than", text]).age == .seconds(seconds))
    }

    @Test(
        "an invalid time and unknown options are refused",
        arguments: [
            (["--older-than", "30"], "invalid value \"30\" for --older-than: not a time such as 30s or 1m30s"),
            (["--older-than=d"], "invalid value \"d\" for --older-than: not a time such as 30d or 12h"),
            (["--older-than=-1d"], "invalid value \"-1d\" for --older-than: not a time such as 30d or 12h"),
            (["--older-than=-1h"], "invalid value \"-1h\" for --older-than: negative"),
            (["--older-than=99999d"], "invalid value \"99999d\" for --older-than: more than a hundred years"),
            (["--force"], "unknown option --force"),
            (["nginx"], "unexpected \"nginx\": prune [--all-unused] [--older-than TIME] [--dry-run]"),
        ])
    func refusals(words: [String], text: String) {
        #expect(throws: UsageError(text)) { try PruneOptions(parsing: words) }
    }

    @Test("flags")
    func flags() throws {
        let options = try PruneOptions(parsing: ["-an"])
        #expect(options.takesNamed && options.isDryRun && options.age == .zero)
    }
}
