// SPDX-License-Identifier: Apache-2.0

internal import Glibc
public import Linux

/// A folder of a test, removed with all that is in it at the end of its owner's life.
public final class TemporaryFolder: Sendable {
    /// Its absolute path; short enough for the sockets in it (unix(7): 107 bytes), which may be named after containers.
    public let path: String

    public init() throws(SystemError) {
        var template = Array("/tmp/sd-test.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw SystemError(call: "mkdtemp", subject: "/tmp", code: errno)
        }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { Self.remove(path) }

    /// The path of a name in it.
    public subscript(name: String) -> String { "\(path)/\(name)" }

    private static func remove(_ path: String) {
        // Only a folder refuses to be unlinked; a link to one does not, and what it leads to stays.
        guard unlink(path) != 0 else { return }
        // What cannot be removed stays in /tmp, and the machine's next start removes it.
        for name in (try? Files.names(in: path)) ?? [] { remove("\(path)/\(name)") }
        _ = rmdir(path)
    }
}
