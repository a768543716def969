// SPDX-License-Identifier: Apache-2.0

import RunOptions
import Testing

@testable import Commands

@Suite("Identity of a container")
struct IdentityTests {
    private static func identity(
        _ words: [String], notifies: Bool = false, updates: Bool = false, unitFile: [String] = [],
        environment: [String: String] = [:]
    ) throws -> Identity {
        Identity(
            try ContainerOptions(parsing: words, environment: environment.merging(["HOME": "/nonexistent"]) { $1 }),
            notifies: notifies, updates: updates, environment: unitFile)
    }

    private static let plain = ["--name", "web", "-e", "A=1", "nginx", "serve"]

    @Test(
        "what the user wrote decides",
        arguments: [
            ["--name", "web", "-e", "A=2", "nginx", "serve"],
            ["--name", "web", "-e", "A=1", "nginx", "serve", "more"],
            ["--name", "web", "-e", "A=1", "nginx:1", "serve"],
            ["--name", "web", "-e", "A=1", "-p", "80:80", "nginx", "serve"],
            ["--name", "web", "-e", "A=1", "--platform", "linux/arm64", "nginx", "serve"],
            ["--name", "web", "-e", "A=1", "--memory", "64m", "nginx", "serve"],
        ])
    func written(words: [String]) throws {
        let (one, other) = (try Self.identity(Self.plain), try Self.identity(words))
        #expect(one.differs(from: other.label) && other.differs(from: one.label))
        #expect(!one.differs(from: try Self.identity(Self.plain).label))
    }

    @Test("so do our own options that shape the container, and the unit file's variables")
    func ours() throws {
        let all = [
            try Self.identity(Self.plain), try Self.identity(Self.plain, notifies: true),
            try Self.identity(Self.plain, updates: true), try Self.identity(Self.plain, unitFile: ["B=1"]),
            try Self.identity(Self.plain, unitFile: ["B=1", "C=2"]),
            try Self.identity(Self.plain, unitFile: ["B=1C=2"]),
        ]
        #expect(Set(all.map(\.label)).count == all.count)
        #expect(
            try Self.identity(Self.plain, unitFile: ["C=2", "B=1"])
                == Self.identity(Self.plain, unitFile: ["B=1", "C=2"]))
    }

    @Test("what systemd adds to the environment does not, whatever a newer one may add")
    func others() throws {
        let added = ["INVOCATION_ID": "1", "NEWER_THAN_US": "1", "LISTEN_FDS": "1"]
        #expect(try Self.identity(Self.plain, environment: added) == Self.identity(Self.plain))
    }

    @Test(
        "a label of another form does not tell: an upgrade replaces no container",
        arguments: ["0123456789abcdef", "1:0123456789abcdef", "3:0123456789abcdef", "", "x"])
    func versions(label: String) throws {
        #expect(try !Self.identity(Self.plain).differs(from: label))
        #expect(try Self.identity(Self.plain).label.hasPrefix("2:"))
    }

    @Test(
        "the names in what the manager says of a unit",
        arguments: [
            (#"A=1 "B=two words" C="#, ["A", "B", "C"]), ("", []), (#""D=say \"x\"""#, ["D"]),
        ])
    func names(value: String, names: [String]) {
        #expect(UnitEnvironment.names(inEnvironment: value).sorted() == names)
    }

    @Test("the files in what the manager says of a unit")
    func files() {
        let value = "/etc/web (ignore_errors=no)\n/etc/with (odd) name (ignore_errors=yes)"
        #expect(UnitEnvironment.files(inEnvironmentFiles: value) == ["/etc/web", "/etc/with (odd) name"])
        #expect(UnitEnvironment.files(inEnvironmentFiles: "").isEmpty)
    }
}
