// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A folder that is held open and whose owner and mode were checked: what is done in it cannot be redirected.
///
/// Each call looks a path up anew, and between two of them another user could replace a folder with a link.
public struct Folder: ~Copyable, Sendable {
    private let descriptor: Descriptor
    /// The path by which it was opened, for messages.
    public let path: String

    private init(_ descriptor: consuming Descriptor, _ path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// Opens a folder in which no other user can replace what is ours: `/run`, `$XDG_RUNTIME_DIR`.
    ///
    /// - Parameter path: Links are followed, and the folder that they lead to is checked.
    /// - Throws: ``FolderError/foreign(_:user:)`` where it is another user's, or others may rename what is in it.
    public init(at path: String) throws(FolderError) {
        let descriptor = try Self.open(path) { Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        let status = try Self.status(of: descriptor, path)
        guard status.st_uid == 0 || status.st_uid == geteuid() else { throw .foreign(path, user: status.st_uid) }
        // In a sticky folder (/tmp) only its owner may rename or remove a file.
        guard status.st_mode & 0o022 == 0 || status.st_mode & 0o1000 != 0 else { throw .open(path) }
        self.init(descriptor, path)
    }

    /// Opens a folder that only our user can enter, and makes it if it does not exist.
    ///
    /// - Parameters:
    ///   - path: The folder's.
    ///   - depth: How many of the path's last components are such folders; the others must exist.
    /// - Returns: The folder.
    /// - Throws: As ``init(at:)`` and ``privateFolder(_:)``.
    public static func `private`(at path: String, depth: Int = 1) throws(FolderError) -> Folder {
        let parts = path.split(separator: "/")
        var folder = try Folder(at: "/" + parts.dropLast(depth).joined(separator: "/"))
        for part in parts.suffix(depth) { folder = try folder.privateFolder(String(part)) }
        return folder
    }

    /// Opens a folder in this one that only our user can enter, and makes it if it does not exist.
    ///
    /// One that is ours and that others can enter gets mode 0700: Docker makes such folders, mode 0755, for a container
    /// that is started by hand.
    ///
    /// - Parameter name: Its name here.
    /// - Returns: The folder.
    /// - Throws: ``FolderError`` where another user's folder, a link or a file has the name.
    public func privateFolder(_ name: String) throws(FolderError) -> Folder {
        let path = "\(path)/\(name)"
        let parent = descriptor.rawValue
        do throws(SystemError) {
            try system("mkdirat", on: path) { mkdirat(parent, name, 0o700) }
        } catch {
            guard error.exists else { throw .failed(error) }
        }
        let opened = try Self.open(path) { openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) }
        let status = try Self.status(of: opened, path)
        guard status.st_uid == geteuid() else { throw .foreign(path, user: status.st_uid) }
        if status.st_mode & 0o7777 != 0o700 {
            let number = opened.rawValue
            do throws(SystemError) {
                try system("fchmod", on: path) { fchmod(number, 0o700) }
            } catch {
                throw .failed(error)
            }
        }
        return Folder(opened, path)
    }

    /// A path to a name in this folder, even if the folder was renamed (proc_pid_fd(5)).
    ///
    /// It is short enough for the address of a socket (unix(7)), and valid as long as the folder is held.
    ///
    /// - Parameter name: The name.
    /// - Returns: The path.
    public func place(of name: String) -> String { "/proc/self/fd/\(descriptor.rawValue)/\(name)" }

    /// Removes a file, or an empty folder, in this one; what does not exist is no error.
    ///
    /// - Parameter name: Its name here.
    /// - Throws: ENOTEMPTY for a folder that is in use.
    public func remove(_ name: String) throws(SystemError) {
        let path = "\(path)/\(name)"
        do throws(SystemError) {
            do throws(SystemError) {
                try system("unlinkat", on: path) { unlinkat(descriptor.rawValue, name, 0) }
            } catch  where error.code == EISDIR {
                try system("unlinkat", on: path) { unlinkat(descriptor.rawValue, name, AT_REMOVEDIR) }
            }
        } catch  where error.isNotFound {}
    }

    private static func open(_ path: String, _ call: () -> Int32) throws(FolderError) -> Descriptor {
        do throws(SystemError) {
            return Descriptor(owning: try system("open", on: path, call))
        } catch {
            throw error.code == ENOTDIR || error.code == ELOOP ? .notFolder(path) : .failed(error)
        }
    }

    private static func status(of descriptor: borrowing Descriptor, _ path: String) throws(FolderError) -> stat {
        var status = stat()
        let number = descriptor.rawValue
        do throws(SystemError) {
            try system("fstat", on: path) { fstat(number, &status) }
        } catch {
            throw .failed(error)
        }
        return status
    }
}

/// Why a folder cannot be used for private files.
public enum FolderError: Error, Equatable, Sendable, CustomStringConvertible {
    /// It belongs to another user.
    case foreign(String, user: UInt32)
    /// Other users can replace what is in it.
    case open(String)
    /// A link or a file has its name.
    case notFolder(String)
    /// Any other error of the kernel.
    case failed(SystemError)

    public var description: String {
        switch self {
        case .foreign(let path, let user): "folder \(path) belongs to user \(user). Remove it"
        case .open(let path): "folder \(path) can be written to by other users. Set its mode to 0755"
        case .notFolder(let path): "\(path) is not a folder (a link is not followed). Remove it"
        case .failed(let error): error.description
        }
    }
}
