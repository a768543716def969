// SPDX-License-Identifier: Apache-2.0

import Linux
import Support

/// A temporary folder with files that stands in for /sys/fs/cgroup or /proc.
final class FileTree: Sendable {
    private let folder: TemporaryFolder
    var path: String { folder.path }

    /// Makes the files, and the folders that they are in.
    init(_ files: [String: String] = [:]) throws {
        folder = try TemporaryFolder()
        for (name, text) in files { try add(name, text) }
    }

    func add(_ name: String, _ text: String) throws {
        var path = self.path
        for part in name.split(separator: "/").dropLast() {
            path += "/" + part
            try Files.makeFolder(path)
        }
        try Files.replace(folder[name], with: text)
    }

    func text(_ name: String) throws -> String { try Files.text(folder[name]) }
}
