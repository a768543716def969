// SPDX-License-Identifier: Apache-2.0

import Linux
import Support
import Systemd
import Testing

@testable import Images

@Suite("Images that units name")
struct UnitImagesTests {
    private static let program = "ExecStart=/usr/local/bin/systemd-docker"

    private func images(_ text: String, unit: String = "web.service", _ others: (String, String)...) -> UnitImages {
        UnitImages(
            of: ([(unit, text)] + others).map { UnitFile(unit: $0.0, path: "/etc/\($0.0)", text: $0.1) })
    }

    @Test(
        "every word of a line about docker may be an image",
        arguments: [
            ("\(program) --env run --rm --name %n nginx:1.25 sh", ["nginx:1.25"]),
            (
                "ExecStartPre=-/usr/bin/docker pull localhost:5000/app@sha256:\(digest)",
                [
                    "localhost:5000/app@sha256:\(digest)"
                ]
            ),
            ("ExecStartPre=-/usr/bin/systemd-docker pull --quiet nginx:2", ["nginx:2"]),
            ("ExecStart=sh -c 'exec systemd-docker run \"nginx\"; true'", ["nginx"]),
            ("Environment=IMAGE=nginx A=b\n\(program) run $IMAGE", ["nginx"]),
            ("Environment='TAG=1' TAG=2\n\(program) run nginx:${TAG}", ["nginx:1", "nginx:2"]),
            ("Environment=\"OPTIONS=--rm -p 80:80\"\n\(program) run $OPTIONS nginx", ["nginx"]),
            ("Environment=OPTION=--rm IMAGE=db\n\(program) run ${OPTION} $IMAGE", ["db"]),
        ] as [(String, [String])])
    func names(text: String, expected: [String]) {
        let images = images(text)
        #expect(images.words.union(images.images).isSuperset(of: expected))
        #expect(images.patterns == [])
    }

    private static let digest = String(repeating: "ab", count: 32)

    @Test(
        "what only the start knows is a pattern",
        arguments: [
            ("\(program) run app:%i", ["app:*"]), ("\(program) run app:${TAG}", ["app:*"]),
            ("\(program) run $IMAGE", ["*"]), ("\(program) run --rm $OPTIONS nginx", ["*"]),
            ("Environment=TAG=%i\n\(program) run app:${TAG}", ["app:*"]),
            ("EnvironmentFile=/no/such\nEnvironment=TAG=1\n\(program) run app:$TAG", ["app:*"]),
            ("\(program) run --no-such-option nginx", ["*"]),
            ("ExecStart=@/usr/bin/systemd-docker web run app:%i", ["app:*"]),
            ("ExecStart=sh -c 'systemd-docker run app:$$TAG'", ["app:*"]),
            ("ExecStartPre=/usr/bin/systemd-docker pull app:%i", ["app:*"]),
            ("\(program) run --name %n -e A=$B nginx", []), ("\(program) prune --all-unused", []),
            ("ExecStart=/usr/sbin/sshd $OPTIONS", []), ("ExecStart=/usr/bin/dockerd -H fd:// $OPTIONS", []),
        ] as [(String, [String])])
    func patterns(text: String, expected: [String]) {
        #expect(images(text).patterns.map(\.text) == expected)
    }

    @Test("variables come from the unit's files and drop-ins alone")
    func variables() throws {
        let folder = try TemporaryFolder()
        try Files.replace(folder["environment"], with: "# A=1\nTAG=\"2\"\n")
        let line = "\(Self.program) run app:${TAG}"
        let own = images(line, ("web.service", "EnvironmentFile=-\(folder["environment"])\nEnvironmentFile=-/no/such"))
        #expect(own.images == ["app:2"] && own.patterns == [])
        #expect(images(line, ("db.service", "Environment=TAG=1")).patterns.map(\.text) == ["app:*"])
    }

    @Test(
        "a pattern fits each name that may be meant",
        arguments: [
            ("app:*", "app:1", true), ("app:*", "app@sha256:1", true), ("app:*", "db:1", false),
            ("host.example:5000/app:*", "host.example:5000/app:1", true), ("host.example/library/app:*", "app:1", true),
            ("*/app", "host.example/app:latest", true), ("app*", "apps/web:3", true), ("*", "app:1", true),
            ("ap:*", "app:1", false),
        ])
    func fitting(pattern: String, name: String, fits: Bool) {
        let pattern = UnitImages.Pattern(text: pattern, unit: "web.service")
        #expect(pattern.fits(name) == fits)
        #expect(pattern.fitsEverything == (pattern.text == "*"))
    }
}
