// SPDX-License-Identifier: Apache-2.0

internal import Console
internal import JSON
internal import Linux

/// The Docker daemon's configuration file, daemon.json.
struct DaemonConfiguration {
    /// What stands in a file that we have made; one that holds nothing else is ours to remove.
    private static let blank = "{}\n"

    /// Where it is, links followed.
    let path: String
    /// As it was found; `nil` where there is none.
    let original: [UInt8]?
    private var document: Document

    /// Reads it; one that is not there, or is empty, says nothing.
    init(at path: String) throws {
        do throws(SystemError) {
            self.path = Files.exists(path) ? try Files.resolve(path) : path
            original = Files.exists(path) ? try Files.read(path) : nil
        } catch {
            throw CommandError("read Docker's configuration", error)
        }
        let text = original ?? []
        let document: Document
        do throws(JSONError) {
            // Docker 23 and later take an empty file.
            document = try Document(text.isEmpty ? Array(Self.blank.utf8) : text)
        } catch {
            throw CommandError("read Docker's configuration \(path): \(error): nothing was changed")
        }
        guard let keys = document.keys(), document.keys(at: "runtimes") != nil || !keys.contains("runtimes") else {
            let what = document.keys() == nil ? "it" : "\"runtimes\""
            throw CommandError("read Docker's configuration \(path): \(what) is no object: nothing was changed")
        }
        self.document = document
    }

    /// Its text as it would be now.
    var text: [UInt8] { document.text }

    /// The names of all runtimes in it.
    var runtimes: [String] { document.keys(at: "runtimes") ?? [] }

    /// The path of one of its runtimes; `nil` where it is not there, or has more to it than a path.
    func path(ofRuntime name: String) -> String? {
        guard document.keys(at: "runtimes", name) == ["path"] else { return nil }
        return (try? document.value(String.self, at: "runtimes", name, "path")) ?? nil
    }

    /// Registers a runtime; one of that name is replaced.
    mutating func register(_ name: String, path: String) throws(JSONError) {
        guard self.path(ofRuntime: name) != path else { return }
        try document.remove(at: "runtimes", name)
        try document.set(path, at: "runtimes", name, "path")
    }

    /// Takes a runtime out, and leaves `"runtimes"` behind though it may be empty.
    ///
    /// A daemon that finds no such key when it reloads keeps the runtimes that it has.
    mutating func unregister(_ name: String) throws(JSONError) {
        try document.remove(at: "runtimes", name)
        if document.keys(at: "runtimes") == nil { try document.set([String: String](), at: "runtimes") }
    }

    /// Takes the key `"runtimes"` out where it says nothing.
    mutating func removeEmptyRuntimes() throws(JSONError) {
        if runtimes.isEmpty { try document.remove(at: "runtimes") }
    }

    /// Whether the file, as it was found, is byte for byte what ``register(_:path:)`` makes where there is none.
    func isOurs(_ name: String, path: String) throws(JSONError) -> Bool {
        var document = try Document(Self.blank.utf8)
        try document.set(path, at: "runtimes", name, "path")
        return original == document.text
    }
}
