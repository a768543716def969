// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The shape of the modules, which the build does not see: it keeps only their order.
@Suite("Structure")
struct StructureTests {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources")

    /// The modules of Swift code, lowest in the alphabet first.
    private static let modules: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: sources.path())) ?? []
        return names.filter { !((try? files(of: $0)) ?? []).isEmpty }.sorted()
    }()

    private static func files(of module: String) throws -> [Source] {
        let folder = sources.appending(path: module)
        return try FileManager.default.subpathsOfDirectory(atPath: folder.path()).sorted()
            .filter { $0.hasSuffix(".swift") }
            .map { path in
                let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
                return Source(path: "Sources/\(module)/\(path)", text: text)
            }
    }

    @Test("there are modules to look at")
    func all() { #expect(Self.modules.count >= 12 && Self.modules.contains("Commands")) }

    // MARK: Circles

    /// Which subject mentions which others; a type and its extension files are one subject.
    private static func edges(_ files: [Source]) -> [String: Set<String>] {
        var subjects: [Substring: Set<String>] = [:]
        for file in files {
            for declaration in file.declarations
            where declaration.kind != .aspect && !declaration.isPrivate {
                subjects[declaration.name[...], default: []].insert(file.subject)
            }
        }
        var edges: [String: Set<String>] = [:]
        for file in files {
            let own = Set(file.declarations.filter { $0.kind != .aspect }.map(\.name))
            for word in Source.words(in: file.code) where !own.contains(String(word)) {
                // What is declared twice tells nothing.
                guard let found = subjects[word], found.count == 1, found != [file.subject] else { continue }
                edges[file.subject, default: []].formUnion(found)
            }
        }
        return edges
    }

    /// All that can be reached from a subject.
    private static func reach(_ start: String, _ edges: [String: Set<String>]) -> Set<String> {
        var (found, rest) = (Set<String>(), [start])
        while let next = rest.popLast() {
            for other in edges[next] ?? [] where found.insert(other).inserted { rest.append(other) }
        }
        return found
    }

    private static func circles(_ files: [Source]) -> [[String]] {
        let edges = Self.edges(files)
        let reach = Dictionary(uniqueKeysWithValues: edges.keys.map { ($0, Self.reach($0, edges)) })
        let circles = edges.keys.filter { reach[$0]?.contains($0) == true }.map { subject in
            edges.keys.filter { reach[subject]?.contains($0) == true && reach[$0]?.contains(subject) == true }.sorted()
        }
        return Set(circles).sorted { $0.lexicographicallyPrecedes($1) }
    }

    @Test(
        "no files of a module know each other in a circle, a type and its own extension files aside", arguments: modules
    )
    func noCircle(module: String) throws {
        let circles = Self.circles(try Self.files(of: module))
        #expect(circles.isEmpty, "\(module): \(circles)")
    }

    @Test("a circle is found, over an extension file as well, and what is no circle is none")
    func findsCircles() {
        let files = [
            Source(path: "A.swift", text: "struct A {\n    let b: B\n}\n"),
            Source(path: "B.swift", text: "struct B {}\n"),
            Source(path: "B+C.swift", text: "extension B {\n    func c() -> String { \"\\(C())\" }\n}\n"),
            Source(path: "C.swift", text: "/// See ``A``.\nstruct C {\n    let d = \"A\" // A\n    var a: D.A\n}\n"),
            Source(path: "D.swift", text: "enum D {}\nprivate struct C {}\n"),
        ]
        #expect(Self.circles(files) == [])
        let closing = Source(path: "C+D.swift", text: "extension C {\n    var e: A? { nil }\n}\n")
        #expect(Self.circles(files + [closing]) == [["A", "B", "C"]])
    }

    // MARK: Names

    @Test("each file is named after something that it declares, or that it is an aspect of", arguments: modules)
    func names(module: String) throws {
        for file in try Self.files(of: module) where file.name != "main" && file.name != module {
            let parts = file.name.split(separator: "+").map { $0.lowercased() }
            let names = file.names.map { $0.lowercased() }
            func isDeclared(_ part: String) -> Bool { names.contains { $0.contains(part) } }
            // Type+Aspect.swift extends the type. Noun+Verb.swift of an endpoint has the call, or the type of its name.
            let isNamed = isDeclared(parts[0]) || parts.count > 1 && isDeclared(parts[1])
            #expect(isNamed, "\(file.path) declares nothing of its name")
        }
    }

    /// The types that other files see, in groups of those that mention each other within the file.
    private static func subjects(of file: Source) -> [[String]] {
        let declarations = file.declarations
        let names = Set(declarations.map(\.name))
        var groups = declarations.map { declaration in
            Set(Source.words(in: declaration.text).map(String.init)).intersection(names).union([declaration.name])
        }
        var isChanged = true
        while isChanged {
            isChanged = false
            for (first, second) in groups.indices.flatMap({ first in groups.indices.map { (first, $0) } })
            where first < second && !groups[first].isEmpty && !groups[first].isDisjoint(with: groups[second]) {
                groups[first].formUnion(groups[second])
                groups[second] = []
                isChanged = true
            }
        }
        let types = Set(declarations.filter { $0.kind == .type && !$0.isPrivate }.map(\.name))
        return groups.map { $0.intersection(types).sorted() }.filter { !$0.isEmpty }
    }

    @Test("no file holds types that have nothing to do with each other", arguments: modules)
    func oneSubject(module: String) throws {
        for file in try Self.files(of: module) {
            let subjects = Self.subjects(of: file)
            #expect(subjects.count <= 1, "\(file.path): \(subjects)")
        }
    }

    @Test("two types of one file are one subject where one of them mentions the other")
    func findsSubjects() {
        let text = "public struct A {\n    var b: B\n}\nstruct B {}\nprivate struct C {}\nstruct D {}\n"
        #expect(
            Self.subjects(of: Source(path: "A.swift", text: text)).sorted { $0[0] < $1[0] } == [["A", "B"], ["D"]])
    }
}
