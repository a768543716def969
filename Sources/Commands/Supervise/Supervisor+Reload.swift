// SPDX-License-Identifier: Apache-2.0

internal import Engine
internal import Supervision
internal import Output
internal import Systemd

extension Supervisor {
    /// As long as the manager waits for a reload by its own default (`TimeoutStartSec=`).
    private static let longestReload = Duration.seconds(90)

    /// Runs the reload command in the container, its output beside the container's own.
    func reload() {
        background { [weak self, client, container, reloadCommand] in
            let name = reloadCommand.first ?? ""
            let failure: String?
            do {
                let code = try await EventLoop.shared.within(Self.longestReload) {
                    try await Self.run(reloadCommand, in: container, client)
                }
                failure =
                    switch code {
                    case nil: "reload command \(name): not done after \(Self.longestReload.components.seconds) s"
                    case 0: nil
                    case let code?: "reload command \(name): exit status \(code)"
                    }
            } catch {
                failure = "reload command \(name): \(error)"
            }
            self?.handle(.reloaded(failure: failure))
        }
    }

    /// Brings a command's output to our own; the command waits for whoever reads it.
    private static func copyOutput(of stream: HijackedStream) async throws {
        let queue = OutputQueue { _ in }
        var frames = OutputFrames()
        while case let bytes = try await stream.read(), !bytes.isEmpty {
            for piece in try frames.take(bytes) { queue.add(piece.bytes[...], to: piece.stream) }
            try await queue.drained()
            await Task.yield()
        }
        try await queue.finish()
    }

    /// Runs a command in the container to its end, and returns its exit code.
    private static func run(_ command: [String], in container: Container, _ client: Client) async throws -> Int {
        // Its output may end before the Engine has taken notice of its end.
        let ends = try await client.events(of: container.id, [.commandEnded])
        defer { ends.close() }
        let exec = try await client.makeExec(container.id, command: command)
        try await copyOutput(of: try await client.startExec(exec))
        while true {
            let state = try await client.inspectExec(exec)
            if !state.isRunning, let code = state.exitCode { return code }
            _ = try await ends.next()
        }
    }
}
