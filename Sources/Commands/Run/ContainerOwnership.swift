// SPDX-License-Identifier: Apache-2.0

internal import Claims
internal import Console
internal import Engine
internal import Linux
internal import RunOptions
internal import Systemd

/// What this run owns of its container, so that no second supervisor takes it: first the name, then the container.
@LoopActor
final class ContainerOwnership {
    private let job: Job
    private let cleanup: Cleanup
    private let engine: String
    /// The container that is owned, and what gives it up.
    private var owned: (container: String, step: Cleanup.Step)?

    /// - Parameters:
    ///   - job: What was asked for.
    ///   - client: The Engine whose container it is.
    ///   - cleanup: Gives up what is owned.
    init(_ job: Job, _ client: Client, _ cleanup: Cleanup) {
        self.job = job
        self.cleanup = cleanup
        engine = (try? Files.resolve(client.host.socket)) ?? client.host.socket
    }

    /// Takes the container's name before anything is looked up or created under it: of two starts at the same moment one
    /// must not find, and remove, what the other is creating.
    ///
    /// - Throws: ``CommandError`` where a living process has it.
    func takeName() throws(CommandError) {
        guard let name = job.name else { return }
        switch try take(name) {
        case .taken(let ownership):
            try watch(ownership)
        case .refused(let owner):
            // A unit may run several containers: the first has its name, unless they are given names of their own.
            guard job.options.isNamedAfterUnit, let unit = job.unit, Unit.of(process: owner.process) == unit else {
                throw inUse(by: owner)
            }
            job.giveUpName()
        }
    }

    /// Takes a container that exists: another process may supervise it under a name that it had before.
    ///
    /// - Parameter id: The container's.
    /// - Throws: ``CommandError`` where a living process has it.
    func takeContainer(_ id: String) async throws(CommandError) {
        if owned?.container == id { return }
        await owned?.step.run()
        owned = nil
        switch try take(id) {
        case .taken(let ownership): owned = (id, try watch(ownership))
        case .refused(let owner): throw inUse(by: owner)
        }
    }

    /// Refuses a container that is a unit's main process by itself: its wrapper has left (`--logs=false`), and systemd
    /// supervises it.
    func refuseMainProcess(_ container: Container) async throws(CommandError) {
        let process = container.state.process
        guard container.state.isRunning, process > 0, let unit = Unit.of(process: process),
            await unit.mainProcess() == process
        else { return }
        throw inUse(by: "\(unit.name) (process \(process))")
    }

    private func take(_ container: String) throws(CommandError) -> Ownership.Outcome {
        do throws(SystemError) {
            return try Ownership.take(
                of: Subject(container: container, engine: engine),
                at: .ofOwner(runtimeDirectory: job.environment["XDG_RUNTIME_DIR"]))
        } catch {
            throw CommandError("cannot take ownership of container \(container)", error)
        }
    }

    /// Answers whoever asks for the owner, until it is given up.
    @discardableResult
    private func watch(_ ownership: Ownership) throws(CommandError) -> Cleanup.Step {
        do throws(SystemError) {
            let source = try EventLoop.shared.watch(ownership.descriptor, for: .readable) { _ in ownership.serve() }
            return cleanup.add {
                source.stop()
                ownership.close()
            }
        } catch {
            throw CommandError("cannot watch for other supervisors", error)
        }
    }

    private func inUse(by owner: Owner) -> CommandError {
        let unit = Unit.of(process: owner.process)
        return inUse(by: unit.map { "\($0.name) (process \(owner.process))" } ?? "process \(owner.process)")
    }

    private func inUse(by owner: String) -> CommandError {
        CommandError(
            "cannot use the container name \"\(job.name ?? "")\": it is in use by \(owner). Stop that first, or choose "
                + "another --name")
    }
}
