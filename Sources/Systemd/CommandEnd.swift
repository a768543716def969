// SPDX-License-Identifier: Apache-2.0

public import Linux

/// The result of a command.
public struct CommandEnd: Sendable, Equatable {
    public var status: ExitStatus
    /// What it wrote to stdout, and to stderr where that was asked for.
    public var output: [UInt8]
}
