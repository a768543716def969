// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Tells which files of a folder were created, written or moved into it (inotify(7)).
///
/// A user has only 128 instances by default (`fs.inotify.max_user_instances`): hold one no longer than needed, and be
/// prepared for EMFILE.
public final class FolderWatch: Sendable {
    /// Readable when there are changes.
    public let descriptor: Descriptor

    /// - Parameter path: The folder; links are followed.
    /// - Throws: ``SystemError``, EMFILE if the user has no instance left.
    public init(_ path: String) throws(SystemError) {
        descriptor = Descriptor(
            owning: try system("inotify_init1", on: path) { inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK)) })
        let number = descriptor.rawValue
        let mask = IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF
        try system("inotify_add_watch", on: path) {
            inotify_add_watch(number, path, UInt32(mask) | UInt32(IN_ONLYDIR))
        }
    }

    /// Takes the changes since the last call, without waiting.
    ///
    /// - Returns: The names of the files; `nil` if that cannot be told any more, because the folder itself is gone or
    ///   too much happened in it. Then the watch is of no more use.
    public func changes() -> Set<String>? {
        var names: Set<String> = []
        while true {
            let bytes: [UInt8]
            do throws(SystemError) {
                bytes = try descriptor.read(upTo: 16384)
            } catch {
                return error.wouldBlock ? names : nil
            }
            guard !bytes.isEmpty else { return nil }
            var rest = bytes[...]
            while rest.count >= MemoryLayout<inotify_event>.size {
                let event = rest.withUnsafeBytes { $0.loadUnaligned(as: inotify_event.self) }
                guard event.mask & UInt32(IN_Q_OVERFLOW | IN_IGNORED | IN_DELETE_SELF | IN_MOVE_SELF) == 0 else {
                    return nil
                }
                let name = rest.dropFirst(MemoryLayout<inotify_event>.size).prefix(Int(event.len)).prefix { $0 != 0 }
                names.insert(String(decoding: name, as: UTF8.self))
                rest = rest.dropFirst(MemoryLayout<inotify_event>.size + Int(event.len))
            }
        }
    }
}
