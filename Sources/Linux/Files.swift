// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// Small files, read and written whole: /proc, /sys/fs/cgroup, pid files.
public enum Files {
    /// More than any file that is read whole should have: cgroup.procs of four million processes is half as long.
    private static let longest = 64 << 20

    /// Reads a whole file.
    ///
    /// - Parameters:
    ///   - path: A file, or a pipe, which is waited for.
    ///   - onlyIfRegular: For a path that other users may have made. A pipe would block, so it is an error, and a device
    ///     may have no end, so it reads as empty.
    /// - Returns: Its bytes.
    /// - Throws: EFBIG for a file of more than 64 MiB, ESPIPE for a pipe or a socket where it has to be regular.
    public static func read(_ path: String, onlyIfRegular: Bool = false) throws(SystemError) -> [UInt8] {
        let flags = O_RDONLY | O_CLOEXEC | (onlyIfRegular ? O_NONBLOCK | O_NOCTTY : 0)
        let file = Descriptor(owning: try system("open", on: path) { open(path, flags) })
        if onlyIfRegular {
            var status = Glibc.stat()
            try system("fstat", on: path) { fstat(file.rawValue, &status) }
            switch status.st_mode & S_IFMT {
            case S_IFREG, S_IFDIR: break  // Reading a folder says itself that it is one.
            case S_IFCHR, S_IFBLK: return []
            default: throw SystemError(call: "read", subject: path, code: ESPIPE)
            }
        }
        var contents: [UInt8] = []
        while true {
            let piece: [UInt8]
            do throws(SystemError) {
                piece = try file.read(upTo: 65536)
            } catch {
                throw SystemError(call: "read", subject: path, code: error.code)
            }
            if piece.isEmpty { return contents }
            contents += piece
            guard contents.count <= longest else { throw SystemError(call: "read", subject: path, code: EFBIG) }
        }
    }

    /// Reads a whole file as text; bytes that are not UTF-8 become U+FFFD.
    ///
    /// - Parameters:
    ///   - path: As of ``read(_:onlyIfRegular:)``.
    ///   - onlyIfRegular: As of ``read(_:onlyIfRegular:)``.
    /// - Returns: Its text.
    /// - Throws: As ``read(_:onlyIfRegular:)``.
    public static func text(_ path: String, onlyIfRegular: Bool = false) throws(SystemError) -> String {
        String(decoding: try read(path, onlyIfRegular: onlyIfRegular), as: UTF8.self)
    }

    /// Writes a kernel file (cgroup, sysctl) with a single write(2): each write there is a command of its own.
    ///
    /// - Parameters:
    ///   - text: What is written.
    ///   - path: A file that exists.
    /// - Throws: EIO where the kernel took a part only.
    public static func write(_ text: String, to path: String) throws(SystemError) {
        let file = Descriptor(owning: try system("open", on: path) { open(path, O_WRONLY | O_CLOEXEC) })
        let bytes = Array(text.utf8)
        let count = try system("write", on: path) { Glibc.write(file.rawValue, bytes, bytes.count) }
        guard count == bytes.count else { throw SystemError(call: "write", subject: path, code: EIO) }
    }

    /// Replaces a file atomically (``FileDraft``).
    ///
    /// - Parameters:
    ///   - path: The file; a link is replaced.
    ///   - text: The new contents.
    ///   - mode: Its permissions, less the umask.
    /// - Throws: What kept it from being written; the file then is as it was.
    public static func replace(_ path: String, with text: String, mode: UInt32 = 0o644) throws(SystemError) {
        try FileDraft(of: path, contents: Array(text.utf8), mode: mode).commit()
    }

    /// Renames a file, and replaces a file of that name (rename(2)).
    public static func rename(_ path: String, to other: String) throws(SystemError) {
        try system("rename", on: other) { Glibc.rename(path, other) }
    }

    /// Removes a file; one that does not exist is no error.
    public static func remove(_ path: String) throws(SystemError) {
        do throws(SystemError) { try system("unlink", on: path) { unlink(path) } } catch  where error.isNotFound {}
    }

    /// Makes a folder; one that exists is no error.
    public static func makeFolder(_ path: String) throws(SystemError) {
        do throws(SystemError) { try system("mkdir", on: path) { mkdir(path, 0o755) } } catch  where error.exists {}
    }

    /// Removes an empty folder or a cgroup; one that does not exist is no error.
    public static func removeFolder(_ path: String) throws(SystemError) {
        do throws(SystemError) { try system("rmdir", on: path) { rmdir(path) } } catch  where error.isNotFound {}
    }

    /// The names in a folder, without `.` and `..`, sorted.
    public static func names(in path: String) throws(SystemError) -> [String] {
        guard let folder = opendir(path) else { throw SystemError(call: "opendir", subject: path, code: errno) }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Whether the path leads to a folder, following links.
    public static func isFolder(_ path: String) -> Bool { type(of: path) == S_IFDIR }

    /// Whether the path leads to anything, following links.
    public static func exists(_ path: String) -> Bool { type(of: path) != nil }

    /// Whether the path leads to a file, not a folder, that we may execute.
    public static func isExecutable(_ path: String) -> Bool { type(of: path) == S_IFREG && access(path, X_OK) == 0 }

    /// The path without links, `.` and `..` (realpath(3)).
    public static func resolve(_ path: String) throws(SystemError) -> String {
        guard let text = realpath(path, nil) else { throw SystemError(call: "realpath", subject: path, code: errno) }
        defer { free(text) }
        return String(cString: text)
    }

    /// The user ID of a file's owner, or of a process by its folder in /proc, following links.
    public static func owner(of path: String) throws(SystemError) -> UInt32 {
        var status = Glibc.stat()
        try system("stat", on: path) { stat(path, &status) }
        return status.st_uid
    }

    /// The inode number of a file or folder, following links; that of a version 2 cgroup's folder is the cgroup's ID.
    ///
    /// - Parameter path: The file's.
    /// - Returns: The number.
    /// - Throws: ENOENT where it does not exist.
    public static func number(of path: String) throws(SystemError) -> UInt64 {
        var status = Glibc.stat()
        try system("stat", on: path) { stat(path, &status) }
        return UInt64(status.st_ino)
    }

    /// Whether two paths lead to the same file, following links.
    public static func isSame(_ path: String, as other: String) -> Bool {
        var (one, two) = (Glibc.stat(), Glibc.stat())
        return stat(path, &one) == 0 && stat(other, &two) == 0 && (one.st_dev, one.st_ino) == (two.st_dev, two.st_ino)
    }

    private static func type(of path: String) -> mode_t? {
        var status = Glibc.stat()
        return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }
}
