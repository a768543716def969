// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The new contents of a file, written to a file beside it until they take its place; removed if they never do.
public struct FileDraft: ~Copyable {
    /// Where the contents are until ``commit()``.
    public let path: String
    private let target: String

    /// Writes the contents to `TARGET.PID`.
    ///
    /// - Parameters:
    ///   - target: The file to replace; a link would be replaced itself.
    ///   - contents: All that it is to hold.
    ///   - mode: Its permissions, less the umask, and this process's user as its owner. `nil` keeps the permissions and
    ///     the owner of the file that it replaces; a new file is 0644 then.
    /// - Throws: What kept the draft from being written; nothing is left of it then.
    public init(of target: String, contents: [UInt8], mode: UInt32? = nil) throws(SystemError) {
        self.target = target
        path = "\(target).\(getpid())"
        let draft = path
        let file = Descriptor(
            owning: try system("open", on: draft) {
                // No other user may read it before it has its owner.
                open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode ?? 0o600)
            })
        do throws(SystemError) {
            try Self.write(contents, to: file, on: draft)
            if mode == nil { try Self.copyAttributes(of: target, to: file, on: draft) }
            // Or a crash might leave a file that has its new name before its contents.
            try system("fsync", on: draft) { fsync(file.rawValue) }
        } catch {
            _ = unlink(draft)  // The error that counts is on its way up.
            throw error
        }
    }

    private static func copyAttributes(
        of target: String, to file: borrowing Descriptor, on path: String
    ) throws(SystemError) {
        let number = file.rawValue
        var old = stat()
        let exists = stat(target, &old) == 0
        if exists { try system("fchown", on: path) { fchown(number, old.st_uid, old.st_gid) } }
        // After the owner, whose change clears the set-ID bits (chown(2)).
        try system("fchmod", on: path) { fchmod(number, exists ? old.st_mode & 0o7777 : 0o644) }
    }

    private static func write(
        _ bytes: [UInt8], to file: borrowing Descriptor, on path: String
    ) throws(SystemError) {
        let number = file.rawValue
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = try system("write", on: path) {
                rest.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
            }
            rest = rest.dropFirst(count)
        }
    }

    /// Puts the draft in the file's place: a reader sees the old contents or the new ones, never a part (rename(2)).
    ///
    /// - Throws: What kept it from taking the name; the file then is as it was.
    public consuming func commit() throws(SystemError) {
        let (draft, target) = (path, target)
        try system("rename", on: target) { rename(draft, target) }
    }

    // A draft that has taken its name is not there any more.
    deinit { _ = unlink(path) }
}
