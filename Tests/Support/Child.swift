// SPDX-License-Identifier: Apache-2.0

internal import Glibc
public import Linux

/// A shell of a test's own; killed and reaped when nobody holds it any more.
public final class Child: Sendable {
    /// Its process.
    public let id: Int32

    /// Starts `/bin/sh -c` with no signal blocked.
    public init(_ script: String) throws(SystemError) {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var words = ["sh", "-c", script].map { (word: String) in strdup(word) } + [nil]
        defer { for word in words { free(word) } }
        var id = pid_t()
        let code = posix_spawn(&id, "/bin/sh", nil, &attributes, &words, environ)
        guard code == 0 else { throw SystemError(call: "posix_spawn", subject: "/bin/sh", code: code) }
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
}
