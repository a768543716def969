// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RunOptions

@Suite("Options of clean-up")
struct CleanUpOptionsTests {
    @Test(
        "a container, or the unit's, and what a run tells its helper",
        arguments: [
            ([], nil, nil, false), (["web"], "web", nil, false), (["--run", "5ca1"], nil, "5ca1", false),
            (["--run=5ca1", "--standby"], nil, "5ca1", true), (["web", "--standby"], "web", nil, true),
        ] as [([String], String?, String?, Bool)])
    func accepted(words: [String], container: String?, run: String?, isOnStandby: Bool) throws {
        let options = try CleanUpOptions(parsing: words)
        #expect(options.container == container && options.run == run && options.isOnStandby == isOnStandby)
        #expect(!options.showsHelp)
    }

    @Test("help, before and after a container", arguments: [["--help"], ["-h"], ["web", "--help"]])
    func help(words: [String]) throws { #expect(try CleanUpOptions(parsing: words).showsHelp) }

    @Test(
        "the rest is refused",
        arguments: [
            (["web", "db"], "clean-up: one container at a time"), (["--run"], "--run needs a value"),
            (["--force"], "unknown option --force"), (["web", "-x"], "unknown option -x"),
        ])
    func refused(words: [String], message: String) {
        #expect(throws: UsageError(message)) { try CleanUpOptions(parsing: words) }
    }
}
