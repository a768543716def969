// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What the README.md files say, as far as it can be compared with the tree.
@Suite("Readme")
struct ReadmeTests {
    private static let checkout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: checkout.appending(path: path), encoding: .utf8)
    }

    /// The library targets of Package.swift, which stand before the programs.
    private static func modules() throws -> [String] {
        let manifest = try text("Package.swift")
        return manifest[..<(manifest.range(of: ".executableTarget")?.lowerBound ?? manifest.endIndex)]
            .matches(of: /\.target\(\s*name: "(\w+)"/).map { String($0.output.1) }
    }

    private static func paths() throws -> [String] {
        ["README.md"] + (try modules().map { "Sources/\($0)/README.md" })
    }

    @Test("each module has a README.md, and a row of the README's table that leads to it")
    func modules() throws {
        let (modules, readme) = (try Self.modules(), try Self.text("README.md"))
        #expect(modules.contains("Linux") && modules.contains("Commands"))
        for module in modules {
            #expect(readme.contains("\n| [\(module)](Sources/\(module)) | "), "\(module)")
            let own = try Self.text("Sources/\(module)/README.md")
            #expect(own.hasPrefix("# \(module)\n"), "\(module)")
            #expect(own.contains("\n**It must never** "), "\(module)")
        }
    }

    @Test("the README has each of our own options, with its short name")
    func options() throws {
        let (readme, table) = (try Self.text("README.md"), try Self.text("Sources/RunOptions/WrapperOptions.swift"))
        let rows = table.matches(of: /\.(?:list|flag|value)\(\s*"([a-z-]+)",(?: short: "(\w)")?/)
        #expect(rows.count > 10)
        for row in rows {
            let names = row.output.2.map { "`-\($0)`, `--\(row.output.1)" } ?? "`--\(row.output.1)"
            #expect(readme.contains(names), "\(names)")
        }
    }

    @Test("the README has each of our own exit statuses")
    func statuses() throws {
        let readme = try Self.text("README.md")
        let codes = try Self.text("Sources/Console/CommandError.swift").matches(of: /case \w+ = (\d+)/)
        let unhealthy = try Self.text("Sources/Supervision/StateMachine.swift").matches(
            of: /ExitStatus\.exited\((\d+)\)/)
        #expect(codes.count == 4 && unhealthy.count == 1)
        for code in (codes + unhealthy).map(\.output.1) { #expect(readme.contains("\n| \(code) "), "\(code)") }
    }

    @Test("the README has each label and annotation of ours, and what it links to exists")
    func names() throws {
        let readme = try Self.text("README.md")
        let sources = Self.checkout.appending(path: "Sources")
        for path in try FileManager.default.subpathsOfDirectory(atPath: sources.path()) where path.hasSuffix(".swift") {
            for name in try Self.text("Sources/\(path)").matches(of: /"io\.systemd-docker\.[a-z-]+"/) {
                #expect(readme.contains("`\(name.output.dropFirst().dropLast())`"), "\(name.output)")
            }
        }
        let headings = readme.matches(of: /\n#+ (.*)/).map { heading in
            heading.output.1.lowercased().replacing(" ", with: "-").filter { $0 == "-" || $0.isLetter || $0.isNumber }
        }
        for link in readme.matches(of: /\]\(([^)]+)\)/).map(\.output.1) where !link.hasPrefix("https:") {
            let path = Self.checkout.appending(path: String(link)).path()
            let isThere =
                link.hasPrefix("#")
                ? headings.contains(String(link.dropFirst()))
                : FileManager.default.fileExists(atPath: path)
            #expect(isThere, "\(link)")
        }
    }

    @Test("lines outside of tables are no longer than 120 characters")
    func width() throws {
        for path in try Self.paths() {
            for line in try Self.text(path).split(separator: "\n") where !line.hasPrefix("|") {
                #expect(line.count <= 120, "\(path): \(line)")
            }
        }
    }
}
