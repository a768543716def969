// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Linux
internal import Systemd

/// One of our own output descriptors, written to without ever blocking the loop.
@LoopActor
final class StandardOutput {
    private enum Kind { case socket, file, other }

    private let descriptor: Int32
    private let kind: Kind
    private var isBroken = false

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        var status = stat()
        fstat(descriptor, &status)
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFSOCK: .socket
            case S_IFREG: .file
            case S_IFCHR where isatty(descriptor) == 0: .file  // /dev/null
            default: .other
            }
    }

    /// Whether both are one connection to the journal, as with `StandardError=inherit`, the default (systemd.exec(5)).
    func sharesSocket(with other: StandardOutput) -> Bool {
        var (mine, theirs) = (stat(), stat())
        return kind == .socket && fstat(descriptor, &mine) == 0 && fstat(other.descriptor, &theirs) == 0
            && (mine.st_dev, mine.st_ino) == (theirs.st_dev, theirs.st_ino)
    }

    /// The reader of a pipe or a terminal sets the pace; the journal does not.
    var setsPace: Bool { kind == .other }
    /// Whether it is a socket: the journal's.
    var isSocket: Bool { kind == .socket }

    /// Writes what fits without waiting, and returns how much that was.
    ///
    /// Whatever can no longer be written, since nobody reads (EPIPE), is dropped: the container must not notice.
    func write(_ bytes: ArraySlice<UInt8>) -> Int {
        var count = 0
        while count < bytes.count, !isBroken {
            do throws(SystemError) {
                let written = try writeSome(bytes.dropFirst(count))
                guard written > 0 else { return count }
                count += written
            } catch {
                if error.wouldBlock { return count }
                isBroken = true
            }
        }
        return bytes.count
    }

    /// Writes once.
    ///
    /// O_NONBLOCK belongs to the open file, which others write to as well (a terminal, the unit's journal stream), so
    /// it is not set. A socket can be asked not to block call by call; a pipe that is writable takes PIPE_BUF bytes at
    /// once (pipe(7)); a file, as well as /dev/null, is always writable.
    private func writeSome(_ bytes: ArraySlice<UInt8>) throws(SystemError) -> Int {
        if kind == .other {
            var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard try system("poll", on: "descriptor \(descriptor)", { poll(&ready, 1, 0) }) == 1 else { return 0 }
        }
        return try system("write", on: "descriptor \(descriptor)") {
            bytes.withUnsafeBytes {
                switch kind {
                case .socket: send(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
                case .file: Glibc.write(descriptor, $0.baseAddress, $0.count)
                case .other: Glibc.write(descriptor, $0.baseAddress, min($0.count, Int(PIPE_BUF)))
                }
            }
        }
    }

    /// Waits until more can be written.
    func waitUntilWritable() async {
        do {
            _ = try await EventLoop.shared.wait(forUnowned: descriptor, to: .writable)
        } catch let error as SystemError {
            // Descriptors of one file may be both of ours, and epoll(7) watches each number once; what it refuses to
            // watch at all (EPERM) is always writable.
            isBroken = isBroken || error.code != EPERM
        } catch {
            isBroken = true
        }
    }
}
