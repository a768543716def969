// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// A child process of our own, and all that it starts, as long as that stays in its process group.
public struct ChildProcess: ~Copyable, Sendable {
    /// Its process group has the same number.
    public let process: Process
    private var isReaped = false

    /// Starts a program with a group of its own, no signal blocked or ignored, and our environment.
    ///
    ///   - words: The program, looked for in `PATH` where it is no path, and its arguments.
    ///   - descriptors: Its stdin, stdout and stderr; it has no others, for all of ours close on exec.
    public init(_ words: [String], descriptors: [Int32]) throws(SystemError) {
        let program = words.first ?? ""
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, descriptor) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
        }
        var arguments = words.map { strdup($0) } + [nil]
        var environment = environmentEntries().map { strdup($0) } + [nil]
        defer { for word in arguments + environment { free(word) } }
        var id = pid_t()
        let code = posix_spawnp(&id, program, &actions, &attributes, &arguments, &environment)
        guard code == 0 else { throw SystemError(call: "posix_spawnp", subject: program, code: code) }
        do throws(SystemError) {
            process = try Process(id)
        } catch {
            // Nobody has reaped it, so the number is still its own.
            _ = Glibc.kill(-id, SIGKILL)
            waitpid(id, nil, 0)
            throw error
        }
    }

    deinit {
        guard !isReaped else { return }
        kill()
        while waitpid(process.id, nil, 0) == -1 && errno == EINTR {}
    }

    /// Kills it and all of its process group; letting go of it does so, too, and waits for its end.
    public borrowing func kill() { _ = Glibc.kill(-process.id, SIGKILL) }

    /// How it ended; waits for that.
    ///
    /// It does not wait once the pidfd is readable.
    public mutating func reap() throws(SystemError) -> ExitStatus {
        var status: Int32 = 0
        try system("waitpid", on: "process \(process.id)") { waitpid(process.id, &status, 0) }
        isReaped = true
        return ExitStatus(waitStatus: status)
    }
}
