// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RunOptions

@Suite("Setup options")
struct SetupOptionsTests {
    @Test(
        "setup registers, checks or undoes",
        arguments: [([], [false, false]), (["--check"], [true, false]), (["--undo"], [false, true])]
            as [([String], [Bool])])
    func accepted(words: [String], expected: [Bool]) throws {
        let options = try SetupOptions(parsing: words)
        #expect([options.checks, options.undoes] == expected && !options.showsHelp)
    }

    @Test(
        "the rest is refused",
        arguments: [
            (["now"], "unexpected \"now\": setup [--check|--undo]"),
            (["--check", "--undo"], "--check and --undo contradict each other: setup [--check|--undo]"),
            (["--force"], "unknown option --force"),
        ])
    func refused(words: [String], message: String) {
        let error = #expect(throws: UsageError.self) { try SetupOptions(parsing: words) }
        #expect(error?.description == message)
    }

    @Test("help needs nothing else")
    func help() throws {
        #expect(try SetupOptions(parsing: ["--help", "now"]).showsHelp)
        #expect(SetupOptions.help.contains("      --undo"))
    }
}
