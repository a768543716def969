// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux

/// A temporary folder that stands in for /sys/fs/cgroup or /proc; removed with its last owner.
final class Folder: Sendable {
    let path: String

    /// Makes the files, and the folders they lie in.
    init(_ files: [String: String] = [:]) throws {
        var template = Array("/tmp/systemd-docker-cgroups.XXXXXX".utf8CString)
        path = try template.withUnsafeMutableBufferPointer { name in
            guard let start = name.baseAddress, let made = mkdtemp(start) else {
                throw SystemError(call: "mkdtemp", subject: "/tmp", code: errno)
            }
            return String(cString: made)
        }
        for (name, text) in files { try add(name, text) }
    }

    func add(_ name: String, _ text: String) throws {
        var folder = path
        for part in name.split(separator: "/").dropLast() {
            folder += "/" + part
            try Files.makeFolder(folder)
        }
        try Files.replace("\(path)/\(name)", with: text)
    }

    func text(_ name: String) throws -> String { try Files.text("\(path)/\(name)") }

    deinit { Self.remove(path) }

    private static func remove(_ path: String) {
        for name in (try? Files.names(in: path)) ?? [] {
            let inner = "\(path)/\(name)"
            if Files.isFolder(inner) { remove(inner) } else { try? Files.remove(inner) }
        }
        try? Files.removeFolder(path)
    }
}
