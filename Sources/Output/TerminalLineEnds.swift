// SPDX-License-Identifier: Apache-2.0

/// Turns the `\r\n` that a container's terminal makes of each newline (ONLCR, termios(3)) back into a newline.
struct TerminalLineEnds {
    private var heldReturn = false

    /// Takes the next bytes; a `\r` at their end is held back until the next ones tell what it is.
    mutating func take(_ bytes: some Collection<UInt8>) -> [UInt8] {
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
