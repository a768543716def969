// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// A child process of our own, and all processes that it starts and that stay in its process group.
public struct ChildProcess: ~Copyable, Sendable {
    /// The child; its process group has the same number.
    public let process: Process
    private var isReaped = false

    /// Starts a program in a process group of its own, with no signal blocked or ignored, and our environment.
    ///
    /// It has no other descriptors, as all of ours close on exec.
    ///
    /// - Parameters:
    ///   - words: The program, looked up in `PATH` unless it is a path, and its arguments.
    ///   - input: Its stdin.
    ///   - output: Its stdout.
    ///   - error: Its stderr.
    /// - Throws: ``SystemError`` where it cannot be executed.
    public init(
        _ words: [String], input: borrowing Descriptor, output: borrowing Descriptor, error: borrowing Descriptor
    ) throws(SystemError) {
        let descriptors = [input.rawValue, output.rawValue, error.rawValue]
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
            // It was not reaped, so the number is still its own.
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

    /// Kills its process group; so does the end of this value, which then waits for the child's end.
    public borrowing func kill() { _ = Glibc.kill(-process.id, SIGKILL) }

    /// Waits for the child's end, which has come once its pidfd is readable.
    ///
    /// - Returns: How it ended.
    /// - Throws: ECHILD where it was reaped already.
    public mutating func reap() throws(SystemError) -> ExitStatus {
        var status: Int32 = 0
        try system("waitpid", on: "process \(process.id)") { waitpid(process.id, &status, 0) }
        isReaped = true
        return ExitStatus(waitStatus: status)
    }
}
