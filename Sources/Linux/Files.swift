// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// Small files, read and written whole: /proc, /sys/fs/cgroup, pid files.
public enum Files {
    /// More than any file that we read whole has to say: cgroup.procs of four million processes is half as long.
    private static let longest = 64 << 20

    /// Reads a whole file.
    ///
    /// - Parameters:
    ///   - path: A file, or a pipe, which is waited for.
    ///   - onlyIfRegular: For a path that others may have made: a pipe would keep us waiting, and a device may have no
    ///     end, so that each is taken for /dev/null.
    /// - Returns: its bytes.
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
    /// - Returns: its text.
    /// - Throws: as ``read(_:onlyIfRegular:)``.
    public static func text(_ path: String, onlyIfRegular: Bool = false) throws(SystemError) -> String {
        String(decoding: try read(path, onlyIfRegular: onlyIfRegular), as: UTF8.self)
    }

    /// Writes a kernel file (cgroup, sysctl) with a single write(2): each write there is a command of its own.
    public static func write(_ text: String, to path: String) throws(SystemError) {
        let file = Descriptor(owning: try system("open", on: path) { open(path, O_WRONLY | O_CLOEXEC) })
        try writeAll(Array(text.utf8), to: file.rawValue, on: path)
    }

    /// Replaces a file: a reader sees the old contents or the new ones, never a part (rename(2)).
    public static func replace(_ path: String, with text: String, mode: UInt32 = 0o644) throws(SystemError) {
        let draft = "\(path).\(getpid())"
        do throws(SystemError) {
            let file = Descriptor(
                owning: try system("open", on: draft) {
                    open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode)
                })
            try writeAll(Array(text.utf8), to: file.rawValue, on: path)
            try rename(draft, to: path)
        } catch {
            _ = unlink(draft)  // Whatever is left of the draft; the error that counts is on its way up.
            throw error
        }
    }

    /// Gives a file another name, in place of whatever had it (rename(2)).
    public static func rename(_ path: String, to other: String) throws(SystemError) {
        try system("rename", on: other) { Glibc.rename(path, other) }
    }

    /// Removes a file; one that is not there is no error.
    public static func remove(_ path: String) throws(SystemError) {
        do throws(SystemError) { try system("unlink", on: path) { unlink(path) } } catch  where error.isNotFound {}
    }

    /// Makes a folder; one that is there already is no error.
    public static func makeFolder(_ path: String) throws(SystemError) {
        do throws(SystemError) { try system("mkdir", on: path) { mkdir(path, 0o755) } } catch  where error.exists {}
    }

    /// Removes an empty folder or a cgroup; one that is not there is no error.
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

    /// The number of the user whom the file or process folder belongs to, following links.
    public static func owner(of path: String) throws(SystemError) -> UInt32 {
        var status = Glibc.stat()
        try system("stat", on: path) { stat(path, &status) }
        return status.st_uid
    }

    /// The inode number of a file or folder, following links; of a folder of version 2 cgroups it is the cgroup's ID.
    ///
    /// - Parameter path: The file's.
    /// - Throws: ENOENT where there is none.
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

    static func writeAll(_ bytes: [UInt8], to file: Int32, on path: String) throws(SystemError) {
        var rest = bytes[...]
        repeat {
            let count = try system("write", on: path) {
                rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            }
            rest = rest.dropFirst(count)
        } while !rest.isEmpty
    }
}
