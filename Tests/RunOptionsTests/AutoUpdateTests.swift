// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RunOptions

@Suite("The command line of a unit that may be updated")
struct AutoUpdateTests {
    private static let digest = "web@sha256:\(String(repeating: "1a", count: 32))"

    @Test(
        "it names an image and a platform, and is asked for neither files nor values",
        arguments: [
            ("--auto-update run --rm web", [:], "web", nil),
            (
                "--auto-update -e --placement native run -d --env-file /no/such/file -p 1:1 -it h:5000/web:1 sh -c x",
                [:],
                "h:5000/web:1", nil
            ),
            (
                "--auto-update=true run --platform linux/arm64 --rm web", ["DOCKER_DEFAULT_PLATFORM": "linux/386"],
                "web",
                "linux/arm64"
            ),
            ("--auto-update run --rm web", ["DOCKER_DEFAULT_PLATFORM": "linux/386"], "web", "linux/386"),
            ("--auto-update run --platform= web", ["DOCKER_DEFAULT_PLATFORM": "linux/386"], "web", nil),
        ] as [(String, [String: String], String, String?)])
    func named(words: String, environment: [String: String], image: String, platform: String?) throws {
        let update = try #require(try AutoUpdate(commandLine: Self.split(words), environment: environment))
        #expect(update.image == image && update.reference == ImageReference(image) && update.platform == platform)
    }

    @Test(
        "other command lines are left alone",
        arguments: [
            "run --rm web", "run --rm web --auto-update", "--auto-update=false run web", "--auto-update pull web",
            "--auto-update run --rm", "--auto-update update", "--auto-update --help", "--auto-update run \(digest)",
            "--auto-update run \(String(repeating: "1a", count: 32))", "--auto-update run We!b",
        ])
    func other(words: String) throws {
        #expect(try AutoUpdate(commandLine: Self.split(words), environment: [:]) == nil)
    }

    @Test(
        "a command line that cannot be read is an error",
        arguments: [
            ("--no-such-option run web", [:]), ("--auto-update run --no-such-option web", [:]),
            ("", [:]), ("--auto-update run web", ["DOCKER_DEFAULT_PLATFORM": "!"]),
        ] as [(String, [String: String])])
    func unreadable(words: String, environment: [String: String]) {
        #expect(throws: UsageError.self) {
            try AutoUpdate(commandLine: Self.split(words), environment: environment)
        }
    }

    private static func split(_ words: String) -> [String] { words.split(separator: " ").map(String.init) }
}
