// SPDX-License-Identifier: Apache-2.0

internal import Glibc
public import Linux

/// What a command has left.
public struct CommandEnd: Sendable, Equatable {
    public var status: ExitStatus
    /// What it wrote.
    public var output: [UInt8]
}

extension EventLoop {
    /// Runs a command to its end.
    ///
    ///   - words: The program, looked for in `PATH` where it is no path, and its arguments.
    ///   - input: Its stdin; like its output no more than an empty pipe takes (64 KiB, pipe(7)).
    ///   - takesErrors: What it writes to stderr is taken with the rest, else dropped.
    ///   - limit: `nil` waits for ever.
    ///   - Throws: ``SystemError`` where it cannot be run, ETIMEDOUT where it does not end in time; then, and when the
    ///     task is cancelled, it is killed with all of its process group.
    @LoopActor
    public func command(
        _ words: [String], input: [UInt8] = [], takesErrors: Bool = false, within limit: Duration?
    ) async throws -> CommandEnd {
        let end = try await within(limit) {
            let output = try Pipe()
            try output.reading.setNonBlocking()
            var child = try Self.spawn(
                words, input: input, output: output.writing.rawValue, takesErrors: takesErrors)
            let process = child.process.descriptor.rawValue
            do {
                // Its end, not that of its output: whom it has left behind may hold the pipe open for ever.
                _ = try await self.wait(forUnowned: process, to: .readable)
            } catch {
                child.kill()
                // By a task of its own, for this one is cancelled; the loop goes on until the kernel is done with it.
                _ = try? await self.task { try await self.wait(forUnowned: process, to: .readable) }.value
                throw error
            }
            return CommandEnd(status: try child.reap(), output: try Self.everything(in: output.reading))
        }
        guard let end else { throw SystemError(call: "wait for", subject: words.first ?? "", code: ETIMEDOUT) }
        return end
    }

    /// What a pipe takes whose reader waits (pipe(7), "Pipe capacity").
    private static let longestOutput = 65536

    private static func spawn(
        _ words: [String], input: [UInt8], output: Int32, takesErrors: Bool
    ) throws(SystemError) -> ChildProcess {
        let pipe = try Pipe()
        try pipe.writing.setNonBlocking()
        try system("write", on: "stdin of \(words.first ?? "")") { write(pipe.writing.rawValue, input, input.count) }
        let null = Descriptor(owning: try system("open", on: "/dev/null") { open("/dev/null", O_RDWR | O_CLOEXEC) })
        let error = takesErrors ? output : null.rawValue
        return try ChildProcess(words, descriptors: [pipe.reading.rawValue, output, error])
    }

    /// What a pipe holds, whose writer has ended.
    ///
    /// No more than it holds at a time: a process that was left may go on writing, as fast as we read.
    private static func everything(in pipe: borrowing Descriptor) throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        do throws(SystemError) {
            while bytes.count < longestOutput {
                let piece = try pipe.read(upTo: longestOutput - bytes.count)
                if piece.isEmpty { break }
                bytes += piece
            }
            return bytes
        } catch  where error.wouldBlock {
            return bytes
        }
    }
}
