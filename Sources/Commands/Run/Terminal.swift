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
