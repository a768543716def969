// SPDX-License-Identifier: Apache-2.0

internal import Engine
internal import Glibc
internal import Linux
internal import Systemd

/// Our own terminal while a container's terminal is shown on it: keys go to the container as they are pressed.
@LoopActor
final class Terminal {
    private let original: termios

    /// Whether our stdin is a terminal.
    static var isPresent: Bool { isatty(STDIN_FILENO) == 1 }

    /// Stops our terminal from acting on keys itself (cfmakeraw(3)).
    init() throws(SystemError) {
        var settings = termios()
        try system("tcgetattr", on: "stdin") { tcgetattr(STDIN_FILENO, &settings) }
        original = settings
        cfmakeraw(&settings)
        try system("tcsetattr", on: "stdin") { tcsetattr(STDIN_FILENO, TCSADRAIN, &settings) }
    }

    /// Gives the terminal back as it was.
    func restore() {
        var settings = original
        // Where the terminal is gone there is nothing to restore.
        _ = tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
    }

    /// Rows and columns, in characters; `nil` where the terminal does not know (a serial line).
    var size: (rows: Int, columns: Int)? {
        windowSize(of: STDIN_FILENO).flatMap { $0.rows == 0 && $0.columns == 0 ? nil : $0 }
    }
}

/// Brings our stdin to a container.
@LoopActor
struct ContainerInput {
    let stream: HijackedStream

    /// Copies until our stdin ends, and then ends the container's.
    func copy() async throws {
        while true {
            do {
                _ = try await EventLoop.shared.wait(for: STDIN_FILENO, to: .readable)
            } catch let error as SystemError where error.code == EPERM {
                // A regular file is always readable, and epoll(7) refuses to watch it.
            }
            let bytes = try readBytes(from: STDIN_FILENO, upTo: 32768)
            if bytes.isEmpty { break }
            do {
                try await stream.write(bytes)
            } catch let error as SystemError where error.code == EPIPE || error.code == ECONNRESET {
                return  // The container has ended, and did not want to know.
            }
        }
        stream.closeWriting()
    }

    /// Whether our stdin has anything to say.
    ///
    /// Under a unit it is /dev/null unless `StandardInput=` says otherwise; a container that reads its end would leave.
    static var isWorthwhile: Bool {
        var (input, null) = (stat(), stat())
        guard fstat(STDIN_FILENO, &input) == 0 else { return false }
        guard stat("/dev/null", &null) == 0 else { return true }
        return input.st_mode & S_IFMT != S_IFCHR || input.st_rdev != null.st_rdev
    }
}
