// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Linux
internal import Systemd

/// One of our own output descriptors, written to without ever blocking the loop.
@LoopActor
final class StandardOutput {
    private let descriptor: Int32
    private let isSocket: Bool
    private var isBroken = false
    /// It is a regular file, or /dev/null.
    private var isAlwaysWritable = false

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        var status = stat()
        isSocket = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
    }

    /// Writes all the bytes, waiting on the loop while the reader is slow.
    ///
    /// Whatever can no longer be written, since nobody reads (EPIPE), is dropped: the container must not notice.
    func write(_ bytes: [UInt8]) async throws {
        var rest = bytes[...]
        while !rest.isEmpty, !isBroken {
            do throws(SystemError) {
                if !isSocket { try await waitUntilWritable() }
                rest = rest.dropFirst(try writeSome(rest))
            } catch {
                guard error.wouldBlock else {
                    isBroken = true
                    return
                }
                try await waitUntilWritable()
            }
        }
    }

    /// Writes what fits without waiting.
    ///
    /// O_NONBLOCK belongs to the open file, which others write to as well (a terminal, the unit's journal stream), so
    /// it is not set. A socket can be asked not to block call by call; a pipe that is writable takes PIPE_BUF bytes at
    /// once (pipe(7)).
    private func writeSome(_ bytes: ArraySlice<UInt8>) throws(SystemError) -> Int {
        try system("write", on: "descriptor \(descriptor)") {
            bytes.withUnsafeBytes {
                isSocket
                    ? send(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
                    : Glibc.write(
                        descriptor, $0.baseAddress, isAlwaysWritable ? $0.count : min($0.count, Int(PIPE_BUF)))
            }
        }
    }

    private func waitUntilWritable() async throws(SystemError) {
        if isAlwaysWritable { return }
        do {
            _ = try await EventLoop.shared.wait(for: descriptor, to: .writable)
        } catch let error as SystemError {
            // A regular file is always writable, and epoll(7) refuses to watch it.
            guard error.code == EPERM else { throw error }
            isAlwaysWritable = true
        } catch {
            throw SystemError(call: "write", subject: "descriptor \(descriptor)", code: ECANCELED)
        }
    }
}
