// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The rules of the tree that no compiler checks.
@Suite("Tree")
struct TreeTests {
    private static let checkout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The files below a folder, with their text.
    private static func files(in folder: String) throws -> [(path: String, text: String)] {
        let root = checkout.appending(path: folder)
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root.path()).sorted()
        return try paths.compactMap { path in
            let url = root.appending(path: path)
            guard try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { return nil }
            return ("\(folder)/\(path)", try String(contentsOf: url, encoding: .utf8))
        }
    }

    @Test("the top level holds what was agreed, and hidden files")
    func topLevel() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.checkout.path())
            .filter { !$0.hasPrefix(".") && $0 != "Package.resolved" }
        #expect(names.sorted() == ["Package.swift", "README.md", "Sources", "Tests", "Units"])
    }

    @Test("every source file and script has its licence line at its head", arguments: ["Sources", "Tests"])
    func licence(folder: String) throws {
        for (path, text) in try Self.files(in: folder) where !path.hasSuffix(".modulemap") && !path.hasSuffix(".md") {
            let head = text.split(separator: "\n").prefix(2)
            #expect(head.contains { $0.hasSuffix("SPDX-License-Identifier: Apache-2.0") }, "\(path)")
        }
    }

    @Test("Foundation comes as FoundationEssentials, and only into JSON")
    func foundation() throws {
        for (path, text) in try Self.files(in: "Sources") {
            #expect(!text.contains("import Foundation\n"), "\(path)")
            #expect(path.hasPrefix("Sources/JSON/") || !text.contains("import FoundationEssentials"), "\(path)")
        }
    }

    @Test("libcurl is known to the Engine alone, libsystemd to Systemd alone")
    func libraries() throws {
        for (path, text) in try Self.files(in: "Sources") {
            #expect(path.hasPrefix("Sources/Engine/") || !text.contains("import CCurl"), "\(path)")
            #expect(path.hasPrefix("Sources/Systemd/") || !text.contains("import CSystemd"), "\(path)")
        }
    }

    @Test("the runtime knows neither libcurl nor libsystemd: Docker waits for it with each call")
    func runtime() throws {
        let manifest = try String(contentsOf: Self.checkout.appending(path: "Package.swift"), encoding: .utf8)
        let target = try #require(manifest.firstMatch(of: /name: "Runtime", dependencies: \[(.*)\]/))
        #expect(!target.output.1.contains("Engine") && !target.output.1.contains("Systemd"))
        // Released, it needs no shared library at all: there is no PT_INTERP that would name a loader (elf(5)).
        let program = try Data(contentsOf: Self.checkout.appending(path: ".build/release/systemd-docker-runtime"))
        #expect(program.range(of: Data("/ld-linux".utf8), in: 0..<4096) == nil)
    }

    @Test("nothing that comes from outside can crash the program")
    func crashes() throws {
        for (path, text) in try Self.files(in: "Sources") {
            for word in ["try!", "fatalError(", "as!", "unowned(unsafe)"] {
                #expect(!text.contains(word), "\(path): \(word)")
            }
        }
    }

    @Test("each endpoint of the Engine has a test")
    func endpoints() throws {
        let tests = try Self.files(in: "Tests/EngineTests").map(\.text).joined()
        for (path, text) in try Self.files(in: "Sources/Engine/Endpoints") {
            for name in text.matches(of: /public func (\w+)\(/).map(\.output.1) {
                let call = try Regex("(?:client|[$]0|wait|events|stream|connect\\(.*\\))\\.\(name)\\(")
                #expect(tests.firstMatch(of: call) != nil, "\(path): \(name)")
            }
        }
    }

    /// `--filter` and `--skip` of swift test take patterns, which fit a target, a suite or a file.
    @Test("no name of a test target fits another target, or a suite or a file of another target")
    func suites() throws {
        let manifest = try String(contentsOf: Self.checkout.appending(path: "Package.swift"), encoding: .utf8)
        let targets = manifest.matches(of: /\.testTarget\(\s*name: "(\w+)"/).map { String($0.output.1) }
        #expect(targets.count > 10)
        for (path, text) in try Self.files(in: "Tests") where path.hasSuffix(".swift") {
            let parts = path.split(separator: "/").dropFirst()
            let suites = text.matches(of: /@Suite.*\n *(?:final )?(?:struct|class|enum|extension) (\w+)/).map(
                \.output.1)
            for target in targets where target != parts.first ?? "" {
                #expect(!(parts + suites).contains { $0.contains(target) }, "\(path): \(target)")
            }
        }
    }

    /// The reader ends with what it has found, and `set -o pipefail` then tells of the SIGPIPE of the other one (bash(1)).
    @Test("no pipeline of a script ends in grep --quiet")
    func pipelines() throws {
        for folder in ["Tests", "Units"] {
            for (path, text) in try Self.files(in: folder) where !path.hasPrefix("Tests/ProjectTests/") {
                #expect(text.firstMatch(of: /\| *grep (?:-[a-zA-Z]*q|--quiet|--silent)/) == nil, "\(path)")
            }
        }
    }

    /// `set -e` passes over a command behind `!` (bash(1)), so that by itself it could not fail a test.
    @Test("a script's line that must not succeed says so in a way that counts")
    func refutations() throws {
        for (path, text) in try Self.files(in: "Tests/HostTests") {
            for line in text.split(separator: "\n") where line.drop(while: { $0 == " " }).hasPrefix("! ") {
                #expect(line.contains(" || "), "\(path): \(line)")
            }
        }
    }
}
