// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Systemd

/// A process of the test that stands for a container's PID 1, and ends when it is told to.
final class MainProcess: Sendable {
    private let folder: TemporaryFolder
    private let child: Child
    private let words: Descriptor
    /// Nobody but us can write into it: when it goes, so does who reads from it.
    private let end: Descriptor

    /// - Parameter traps: what a shell does before it waits to be told, such as `trap 'exit 3' TERM`; what it writes to
    ///   its descriptor 4 is heard by ``says()``.
    init(_ traps: String = ":") throws {
        let folder = try TemporaryFolder()
        self.folder = folder
        for name in ["end", "ready", "words"] { mkfifo(folder[name], 0o600) }
        // Open before there is a writer: a reader's open that waits for one, and that a signal interrupts, has missed it.
        let ready = Descriptor(
            owning: try system("open", on: folder["ready"]) { open(folder["ready"], O_RDWR | O_CLOEXEC) })
        words = Descriptor(
            owning: try system("open", on: folder["words"]) { open(folder["words"], O_RDWR | O_CLOEXEC) })
        end = Descriptor(owning: try system("open", on: folder["end"]) { open(folder["end"], O_RDWR | O_CLOEXEC) })
        // dash's read misses a signal that comes just before it blocks, and runs no trap before it has read something;
        // its wait does not. So another shell reads.
        child = try Child(
            """
            ulimit -c 0
            \(traps)
            exec 4<>\(folder["words"])
            { read code <\(folder["end"]) || code=1; echo $code >\(folder["code"]); } 2>/dev/null 4>&- &
            echo ready >\(folder["ready"])
            while :; do wait $!; { read code <\(folder["code"]); } 2>/dev/null && exit $code; done
            """)
        // Until its traps are set.
        _ = try ready.read(upTo: 16)
    }

    var id: Int32 { child.id }

    func send(_ signal: Signal) { child.send(signal) }

    /// Makes it exit by itself.
    func exit(_ code: UInt8) throws {
        let text = "\(code)\n"
        try system("write", on: folder["end"]) { write(end.rawValue, text, text.utf8.count) }
    }

    /// Waits until it has written something, and returns it.
    @LoopActor
    func says() async throws -> String {
        _ = try await EventLoop.shared.wait(for: words, to: .readable)
        return String(decoding: try words.read(upTo: 100), as: UTF8.self)
    }

    /// Whether it has written something that nobody has heard yet.
    var hasMoreToSay: Bool {
        var ready = pollfd(fd: words.rawValue, events: Int16(POLLIN), revents: 0)
        return poll(&ready, 1, 0) == 1
    }

    /// Waits for its end, and reaps it: now the kernel tells how it ended.
    @LoopActor
    func ended() async throws -> Linux.ExitStatus {
        let process = try Linux.Process(child.id)
        _ = try await EventLoop.shared.wait(for: process.descriptor, to: .readable)
        return try child.reap()
    }
}
