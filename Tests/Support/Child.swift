// SPDX-License-Identifier: Apache-2.0

internal import Glibc
public import Linux

/// A child process of a test, killed and reaped at the end of its owner's life.
public final class Child: Sendable {
    /// Its process.
    public let id: Int32

    /// Starts `/bin/sh -c` with no signal blocked.
    public convenience init(_ script: String) throws(SystemError) {
        try self.init("/bin/sh", ["-c", script], environment: environmentEntries())
    }

    /// Starts a program with no signal blocked, with these descriptors as its own 0, 1, 2…, and with no others.
    ///
    /// - Parameters:
    ///   - program: Its path.
    ///   - arguments: Its arguments, without its name.
    ///   - environment: Its whole environment, `NAME=value`.
    ///   - descriptors: By default our stdin, stdout and stderr.
    /// - Throws: ``SystemError`` where it cannot be executed.
    public init(
        _ program: String, _ arguments: [String], environment: [String], descriptors: [Int32] = [0, 1, 2]
    ) throws(SystemError) {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, descriptor) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
        }
        // What another thread has open at this moment would keep connections from ending. Closing a number that is not
        // open is no error (posix_spawn_file_actions_addclose(3)).
        for number in descriptors.count..<1024 { posix_spawn_file_actions_addclose(&actions, Int32(number)) }
        var words = ([program] + arguments).map { (word: String) in strdup(word) } + [nil]
        var variables = environment.map { (word: String) in strdup(word) } + [nil]
        defer { for word in words + variables { free(word) } }
        var id = pid_t()
        let code = posix_spawn(&id, program, &actions, &attributes, &words, &variables)
        guard code == 0 else { throw SystemError(call: "posix_spawn", subject: program, code: code) }
        self.id = id
    }

    deinit {
        // Once it was reaped, its number is not our child's.
        guard waitpid(id, nil, WNOHANG) == 0 else { return }
        kill(id, SIGKILL)
        _ = waitpid(id, nil, 0)
    }

    /// Waits for its end, and reaps it.
    public func reap() throws(SystemError) -> ExitStatus {
        var status: Int32 = 0
        try system("waitpid", on: "process \(id)") { waitpid(id, &status, 0) }
        return ExitStatus(waitStatus: status)
    }

    /// Sends it a signal; it must not have been reaped.
    public func send(_ signal: Signal) { kill(id, signal.rawValue) }
}
