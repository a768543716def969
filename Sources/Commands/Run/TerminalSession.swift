// SPDX-License-Identifier: Apache-2.0

internal import Console
internal import Engine
internal import Linux
internal import Output
internal import Systemd

/// Our stdin and our terminal, as long as they are the container's.
@LoopActor
final class TerminalSession {
    private let job: Job
    private let cleanup: Cleanup
    private var step: Cleanup.Step?
    private var terminal: Terminal?
    private var input: Task<Void, Never>?
    private var (hasNewSize, isResizing) = (false, false)

    init(_ job: Job, _ cleanup: Cleanup) {
        self.job = job
        self.cleanup = cleanup
    }

    /// Gives the container our stdin, and our terminal if it has one of its own.
    ///
    /// - Parameters:
    ///   - stream: What we are attached to the container by.
    ///   - container: The container.
    /// - Throws: ``SystemError`` of the terminal.
    func begin(_ stream: HijackedStream, of container: Container) throws(SystemError) {
        if container.config.hasTerminal, Terminal.isPresent { terminal = try Terminal() }
        input = EventLoop.shared.task { [diagnostics = job.diagnostics] in
            do {
                try await ContainerInput(stream: stream).copy()
            } catch is CancellationError {
            } catch {
                diagnostics.warning("bring stdin to the container: \(error)")
            }
        }
        step = cleanup.add { [self] in
            input?.cancel()
            terminal?.restore()
            (input, terminal) = (nil, nil)
        }
    }

    /// Takes stdin and terminal back.
    func end() async { await step?.run() }

    /// Tells the container's terminal how large ours is, one size after the other: the last one must be the last.
    func resize(_ container: Container, _ client: Client) {
        hasNewSize = true
        guard !isResizing else { return }
        isResizing = true
        EventLoop.shared.task { [self] in
            defer { isResizing = false }
            while hasNewSize, let size = terminal?.size {
                hasNewSize = false
                // It may have ended, or not begun to show anything: then its size does not matter.
                try? await client.resize(container.id, rows: size.rows, columns: size.columns)
            }
        }
    }
}
