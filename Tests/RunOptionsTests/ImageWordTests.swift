// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RunOptions

@Suite("The image in a command line")
struct ImageWordTests {
    @Test(
        "its place is known, whatever the values are",
        arguments: [
            (["run", "nginx"], 1), (["--env", "run", "--rm", "-p", "$PORT:80", "-m", "%i", "nginx", "sh"], 7),
            (["--engine-timeout", "$T", "run", "--", "nginx"], 4), (["run", "--rm"], nil), (["manual"], nil),
            (["--ready", "%i", "pull", "--env-file", "/none", "nginx"], 5),
        ] as [([String], Int?)])
    func place(words: [String], place: Int?) throws {
        #expect(try ImageWord.place(in: words) == place)
    }
}
