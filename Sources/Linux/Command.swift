// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A program of ours that runs, its stdout and stderr in one pipe and nothing to read.
public struct Command: ~Copyable, Sendable {
    /// All that it prints; at its end once nobody is left who could print.
    public let output: Descriptor
    private let id: Int32

    /// Starts a program without a shell (posix_spawn(3)).
    ///
    ///   - words: Its name as it sees it itself, and its arguments.
    public init(_ path: String, words: [String], environment: [String: String]) throws(SystemError) {
        let pipe = try Pipe()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, pipe.writing.rawValue, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, pipe.writing.rawValue, STDERR_FILENO)
        var arguments = words.map { (word: String) in strdup(word) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for word in arguments + variables { free(word) } }
        var id = pid_t()
        let code = posix_spawn(&id, path, &actions, nil, &arguments, &variables)
        guard code == 0 else { throw SystemError(call: "posix_spawn", subject: path, code: code) }
        self.id = id
        output = pipe.closingWriting()
    }

    /// Waits until it has ended; right away once ``output`` is at its end.
    public consuming func reap() throws(SystemError) -> ExitStatus {
        var status: Int32 = 0
        try system("waitpid", on: "process \(id)") { waitpid(id, &status, 0) }
        return ExitStatus(waitStatus: status)
    }
}
