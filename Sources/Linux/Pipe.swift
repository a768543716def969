// SPDX-License-Identifier: Apache-2.0

internal import CLinux

/// The two ends of a pipe(2).
public struct Pipe: ~Copyable, Sendable {
    public let reading: Descriptor
    public let writing: Descriptor

    public init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        try system("pipe2", on: "new pipe") { CLinux_pipe(&ends) }
        reading = Descriptor(owning: ends[0])
        writing = Descriptor(owning: ends[1])
    }

    /// The reading end alone; the writing end is closed.
    public consuming func closingWriting() -> Descriptor { reading }
}
