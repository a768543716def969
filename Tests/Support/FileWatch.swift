// SPDX-License-Identifier: Apache-2.0

internal import Glibc
public import Linux
internal import Systemd

/// Reports when a file is opened (inotify(7), IN_OPEN).
public final class FileWatch: Sendable {
    private let queue: Descriptor

    public init(_ path: String) throws(SystemError) {
        queue = Descriptor(
            owning: try system("inotify_init1", on: path) { inotify_init1(Int32(IN_CLOEXEC)) })
        let number = queue.rawValue
        try system("inotify_add_watch", on: path) { inotify_add_watch(number, path, UInt32(IN_OPEN)) }
    }

    /// Waits until it was opened once more.
    @LoopActor
    public func opened() async throws {
        _ = try await EventLoop.shared.wait(for: queue, to: .readable)
        // One event at a time: those of a watched file have no name, so they are of one size.
        _ = try queue.read(upTo: MemoryLayout<inotify_event>.size)
    }
}
