// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// What a file is to hold next: beside it under another name until it takes its place, else removed.
public struct FileDraft: ~Copyable {
    /// Where it is as long as it is a draft.
    public let path: String
    private let target: String

    /// Writes the draft down, with the mode and the owner of the file as it is; a new one gets 0644.
    ///
    ///   - target: No link: it would be replaced by a file.
    public init(of target: String, contents: [UInt8]) throws(SystemError) {
        self.target = target
        path = "\(target).\(getpid())"
        var old = stat()
        let exists = stat(target, &old) == 0
        let draft = path
        let file = Descriptor(
            owning: try system("open", on: draft) {
                open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
            })
        do throws(SystemError) {
            try Files.writeAll(contents, to: file.rawValue, on: draft)
            if exists { try system("fchown", on: draft) { fchown(file.rawValue, old.st_uid, old.st_gid) } }
            // After the owner, whose change takes the set-ID bits away (chown(2)).
            try system("fchmod", on: draft) { fchmod(file.rawValue, exists ? old.st_mode & 0o7777 : 0o644) }
            // Or a crash might leave a file that has its new name before its contents.
            try system("fsync", on: draft) { fsync(file.rawValue) }
        } catch {
            _ = unlink(draft)  // The error that counts is on its way up.
            throw error
        }
    }

    /// Puts the draft in the file's place: a reader sees the old contents or the new ones (rename(2)).
    public consuming func commit() throws(SystemError) {
        let (draft, target) = (path, target)
        try system("rename", on: target) { rename(draft, target) }
    }

    // Of a draft that has become the file nothing is left to remove.
    deinit { _ = unlink(path) }
}
