// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Every field of a request reaches the wire.
///
/// The requests are written by hand (see ``Writable``), so the compiler does not notice a field that is declared, set and
/// never sent.
@Suite("Fields of requests")
struct RequestFieldsTests {
    @Test("a field that is declared is written, once", arguments: try WrittenType.all(in: "Sources/Engine/Models"))
    func fields(type: WrittenType) {
        #expect(type.written.sorted() == type.declared.sorted())
    }

    @Test("the types of the create request are found by this test")
    func types() throws {
        let types = try WrittenType.all(in: "Sources/Engine/Models")
        #expect(
            Set(types.map(\.name)).isSuperset(of: ["CreateRequest", "HostConfig", "Mount", "Endpoint", "Healthcheck"]))
        // A declaration that the pattern does not recognize must not pass unseen.
        #expect(types.first { $0.name == "HostConfig" }?.declared.contains("deviceRequests") == true)
        #expect(types.allSatisfy { !$0.declared.isEmpty || $0.name == "Empty" })
    }
}

/// A type that is written as a JSON object, and what its source says of its fields.
struct WrittenType: CustomTestStringConvertible {
    let name: String
    let declared: [String]
    let written: [String]
    var testDescription: String { name }

    /// The types below a folder that conform to `WritableObject`.
    ///
    /// - Parameter folder: The folder, from the top of the checkout.
    /// - Returns: One for each struct; swift-format's indentation tells where it ends.
    static func all(in folder: String) throws -> [Self] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: folder)
        let files = try FileManager.default.contentsOfDirectory(at: root, includingPropertiesForKeys: nil)
        return try files.sorted { $0.path() < $1.path() }.flatMap { file in
            let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
            return lines.indices.compactMap { type(at: $0, of: lines) }
        }
    }

    private static func type(at start: Int, of lines: [String]) -> Self? {
        guard let head = lines[start].firstMatch(of: /^( *)public struct (\w+): .*WritableObject/) else { return nil }
        let indent = String(head.output.1)
        let body = lines[(start + 1)...].prefix { $0 != "\(indent)}" }
        // Fields are one level deeper, what `write(to:)` does two; nested types are deeper than either or have no `add`.
        let fields = body.filter {
            $0.hasPrefix("\(indent)    public var ") && !$0.hasSuffix("{") && !$0.hasSuffix("}")
        }
        let writes = body.filter { $0.hasPrefix("\(indent)        object.add(") }
        return Self(
            name: String(head.output.2),
            declared: fields.compactMap { $0.firstMatch(of: /public var (\w+)/).map { String($0.output.1) } },
            written: writes.compactMap { $0.firstMatch(of: /object\.add\("\w+", (\w+)/).map { String($0.output.1) } })
    }
}
