// SPDX-License-Identifier: Apache-2.0

internal import Engine
internal import Glibc
internal import Linux
internal import Systemd

/// Brings a container's output to our own stdout and stderr.
@LoopActor
final class ContainerOutput {
    private let stream: HijackedStream
    private let hasTerminal: Bool
    private let output = StandardOutput(STDOUT_FILENO)
    private let error = StandardOutput(STDERR_FILENO)
    private var frames = OutputFrames()
    private var lineEnds: TerminalLineEnds?

    init(_ stream: HijackedStream, hasTerminal: Bool) {
        self.stream = stream
        self.hasTerminal = hasTerminal
        // A terminal of ours wants what the container's terminal says; a journal or file wants lines.
        lineEnds = hasTerminal && isatty(STDOUT_FILENO) == 0 ? TerminalLineEnds() : nil
    }

    /// Copies until the container has closed its output.
    ///
    /// - Throws: when the Engine sends what is not output.
    func copy() async throws {
        while true {
            let bytes = try await read()
            if bytes.isEmpty { break }
            if hasTerminal {
                try await output.write(lineEnds?.take(bytes) ?? bytes)
            } else {
                for piece in try frames.take(bytes) {
                    try await (piece.stream == .output ? output : error).write(piece.bytes)
                }
            }
            // A container that never pauses must not keep the loop from everything else.
            await Task.yield()
        }
        if let rest = lineEnds?.finish() { try await output.write(rest) }
    }

    private func read() async throws -> [UInt8] {
        do {
            return try await stream.read()
        } catch let error as SystemError where error.code == ECONNRESET {
            return []  // The end as well: the container has left some of its stdin unread (unix(7)).
        }
    }

    /// Reads on to the end without a look at it: a container whose output nobody takes would come to a halt.
    func drain() async {
        while let bytes = try? await stream.read(), !bytes.isEmpty { await Task.yield() }
    }
}

/// Turns the `\r\n` that a container's terminal makes of each newline (ONLCR, termios(3)) back into a newline.
struct TerminalLineEnds {
    private var heldReturn = false

    /// Takes the next bytes; a `\r` at their end is held back until the next ones tell what it is.
    mutating func take(_ bytes: [UInt8]) -> [UInt8] {
        let (newline, carriageReturn) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + 1)
        for byte in bytes {
            if heldReturn, byte != newline { result.append(carriageReturn) }
            heldReturn = byte == carriageReturn
            if !heldReturn { result.append(byte) }
        }
        return result
    }

    /// What was held back when nothing more comes.
    mutating func finish() -> [UInt8] {
        defer { heldReturn = false }
        return heldReturn ? [UInt8(ascii: "\r")] : []
    }
}
