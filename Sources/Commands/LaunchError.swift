// SPDX-License-Identifier: Apache-2.0

internal import Cgroups
internal import Engine
internal import Linux

/// Why a container could not be brought up, and the exit status that says so.
struct LaunchError: Error, Equatable, CustomStringConvertible {
    /// The exit statuses of `docker run`, and one of our own.
    enum Code: UInt8 {
        /// Our own command line (EX_USAGE of sysexits.h), so that `RestartPreventExitStatus=64` can name it.
        case usage = 64
        /// Docker or the placement.
        case engine = 125
        /// The container's command cannot be executed.
        case notExecutable = 126
        /// The container's command is not there.
        case notFound = 127
    }

    let description: String
    let code: Code

    init(_ description: String, _ code: Code = .engine) {
        self.description = description
        self.code = code
    }

    /// What was tried, and what came of it.
    init(_ attempt: String, _ error: any Error) {
        description = "\(attempt): \(error)"
        code = .engine
    }

    /// A container that could not be created.
    init(creating container: String, from image: String, _ error: EngineError) {
        let text = "\(error)"
        // With 404 Docker 20.10 also misses what --link names.
        let advice =
            error.isNotFound && !text.contains("No such container")
            ? ": bring it in with --load FILE, or let it be pulled with --pull missing" : ""
        self.init("create container \(container) from image \(image): \(text)\(advice)")
    }

    /// A container that could not be started: the runtime's words tell what is wrong with its command.
    ///
    /// The same words by which docker chooses between 125, 126 and 127.
    init(starting container: String, _ error: EngineError) {
        let text = "\(error)"
        let (code, advice): (Code, String) =
            if error.status == nil {
                (.engine, "")
            } else if text.contains("executable file not found") || text.contains("no such file or directory") {
                (.notFound, ": the image has no such command")
            } else if text.contains("permission denied") || text.contains("is a directory") {
                (.notExecutable, ": the image's command is not an executable file")
            } else {
                (.engine, "")
            }
        // The same words may be about a mount or a working directory; about the command runc says exec.
        self.init("start container \(container): \(text)\(text.contains("exec: ") ? advice : "")", code)
    }
}
