// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Linux

extension EventLoop {
    /// Runs a command to its end.
    ///
    /// Its process group is killed when the time is over, and when the task is cancelled.
    ///
    /// - Parameters:
    ///   - words: The program, looked up in `PATH` unless it is a path, and its arguments.
    ///   - input: Its stdin; like its output at most what an empty pipe takes (64 KiB, pipe(7)).
    ///   - takesErrors: Whether its stderr is added to the output; else it is dropped.
    ///   - limit: How long it may take; `nil` is without a limit.
    /// - Returns: How it ended, and its output.
    /// - Throws: ``SystemError`` where it cannot be run, ETIMEDOUT where it does not end in time, `CancellationError`.
    @LoopActor
    public func command(
        _ words: [String], input: [UInt8] = [], takesErrors: Bool = false, within limit: Duration?
    ) async throws -> CommandEnd {
        let end = try await within(limit) {
            let output = try Pipe()
            try output.reading.setNonBlocking()
            var child = try Self.spawn(
                words, input: input, output: output.writing, takesErrors: takesErrors)
            let process = child.process.descriptor.rawValue
            do {
                // Its end, not that of its output: a process that it leaves behind may keep the pipe open for ever.
                _ = try await self.wait(forUnowned: process, to: .readable)
            } catch {
                child.kill()
                // In a task of its own, as this one is cancelled; the loop runs until the kernel has ended the process.
                _ = try? await self.task { try await self.wait(forUnowned: process, to: .readable) }.value
                throw error
            }
            return CommandEnd(status: try child.reap(), output: try Self.everything(in: output.reading))
        }
        guard let end else { throw SystemError(call: "wait for", subject: words.first ?? "", code: ETIMEDOUT) }
        return end
    }

    /// The capacity of a pipe that is not read (pipe(7), "Pipe capacity").
    private static let longestOutput = 65536

    private static func spawn(
        _ words: [String], input: [UInt8], output: borrowing Descriptor, takesErrors: Bool
    ) throws(SystemError) -> ChildProcess {
        let pipe = try Pipe()
        try pipe.writing.setNonBlocking()
        try system("write", on: "stdin of \(words.first ?? "")") { write(pipe.writing.rawValue, input, input.count) }
        if takesErrors { return try ChildProcess(words, input: pipe.reading, output: output, error: output) }
        return try ChildProcess(words, input: pipe.reading, output: output, error: try .null())
    }

    /// What is in a pipe whose writer has ended.
    ///
    /// At most one capacity: a process that was left behind may still write as fast as we read.
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
