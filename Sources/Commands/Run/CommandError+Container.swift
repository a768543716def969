// SPDX-License-Identifier: Apache-2.0

internal import Console
internal import Engine

extension CommandError {
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
