// SPDX-License-Identifier: Apache-2.0

internal import Claims
internal import Glibc
internal import Linux

/// The descriptors that the real runtime, and through it the container, gets from us.
///
/// runc gives its own stdout and stderr to the container, and what LISTEN_FDS announces (sd_listen_fds(3)).
struct Inheritance {
    var sockets: [Int32]
    var output: Offer.Output?

    /// Puts each where it is expected, for this process and the program that it executes.
    func take() throws(RuntimeError) {
        try RuntimeError.of { () throws(SystemError) in
            // First: a socket may be put at the numbers that these have now.
            if let output {
                try Self.put(output.stdout, at: 1)
                try Self.put(output.stderr, at: 2)
            }
            try putSockets()
        }
        guard !sockets.isEmpty else { return }
        setenv("LISTEN_FDS", String(sockets.count), 1)
        // runc takes them only if they are for its own process ID, which is ours (execve(2)).
        setenv("LISTEN_PID", String(getpid()), 1)
    }

    private func putSockets() throws(SystemError) {
        let first: Int32 = 3
        let end = first + Int32(sockets.count)
        // None may have the number of another one's place.
        var apart: [Int32] = []
        for socket in sockets {
            apart.append(
                socket >= end
                    ? socket
                    : try system("fcntl", on: "descriptor \(socket)") { fcntl(socket, F_DUPFD_CLOEXEC, end) })
        }
        for (place, socket) in zip(first..., apart) { try Self.put(socket, at: place) }
    }

    /// A duplicate stays open over an exec (dup2(2)).
    private static func put(_ descriptor: Int32, at place: Int32) throws(SystemError) {
        try system("dup2", on: "descriptor \(descriptor)") { dup2(descriptor, place) }
    }
}
