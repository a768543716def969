// SPDX-License-Identifier: Apache-2.0

/// Why a container could not be brought up, and the exit status that says so.
public struct CommandError: Error, Equatable, CustomStringConvertible {
    /// The exit statuses of `docker run`, and one of our own.
    public enum Code: UInt8, Sendable {
        /// Our own command line (EX_USAGE of sysexits.h), so that `RestartPreventExitStatus=64` can name it.
        case usage = 64
        /// Docker or the placement.
        case engine = 125
        /// The container's command cannot be executed.
        case notExecutable = 126
        /// The container's command is not there.
        case notFound = 127
    }

    public let description: String
    public let code: Code

    public init(_ description: String, _ code: Code = .engine) {
        self.description = description
        self.code = code
    }

    /// What was tried, and what came of it.
    public init(_ attempt: String, _ error: any Error) {
        description = "\(attempt): \(error)"
        code = .engine
    }
}
