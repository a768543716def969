// SPDX-License-Identifier: Apache-2.0

internal import Claims
internal import Cgroups
internal import Console
internal import Engine
internal import Glibc
internal import Linux
internal import RunOptions
internal import Systemd

/// `systemd-docker clean-up`: ends what a run has left behind that was killed while it started a container.
///
/// The signal witness becomes this when its run is killed: systemd then waits for it, as for all that is left of the unit.
/// In `ExecStopPost=` it also comes after a SIGKILL that went to the whole unit.
@LoopActor
final class CleanUp {
    /// The label that tells the container of one run from all others.
    nonisolated static let label = "io.systemd-docker.run"
    /// How long Docker may take to make a container that it was asked for when the run was killed.
    private static let creation = Duration.seconds(3)
    /// How long an Engine that is away may take to come back.
    private static let engineTimeout = Duration.seconds(30)

    private let options: CleanUpOptions
    private let environment: [String: String]
    private let diagnostics: Diagnostics

    init(_ options: CleanUpOptions, environment: [String: String], diagnostics: Diagnostics) {
        self.options = options
        self.environment = environment
        self.diagnostics = diagnostics
    }

    /// Cleans up, and returns the exit status.
    func callAsFunction() async -> ExitStatus {
        do {
            if options.isOnStandby {
                print(toStandardOutput: "ready\n")
                // It never has anything to read: it ends with the run that holds its other end.
                _ = try await EventLoop.shared.wait(forUnowned: STDIN_FILENO, to: .readable)
            }
            let client = try await Client.connect(environment: environment, timeout: Self.engineTimeout)
            guard let id = try await found(client) else { return .exited(0) }
            try await end(id, client)
            return .exited(0)
        } catch {
            diagnostics.error("cannot clean up: \(error)")
            return .exited(CommandError.Code.engine.rawValue)
        }
    }

    private func found(_ client: Client) async throws -> String? {
        if let mark = options.run { return try await container(ofRun: mark, client) }
        guard let name = options.container ?? Unit.ofThisProcess()?.name else {
            throw UsageError("clean-up: no container: name one, or use it in a unit")
        }
        return name
    }

    /// The container of a run that was killed: Docker may be about to make it.
    private func container(ofRun mark: String, _ client: Client) async throws -> String? {
        let filters = ["label": ["\(Self.label)=\(mark)"]]
        let creations = try await client.creations(filters: filters)
        defer { creations.close() }
        if let id = try await client.list(filters: filters).first?.id { return id }
        return try await EventLoop.shared.within(Self.creation) { try await creations.next().container }
    }

    private func end(_ name: String, _ client: Client) async throws {
        let container: Container
        do throws(EngineError) {
            container = try await client.inspect(name)
        } catch {
            if error.isNotFound { return }
            throw error
        }
        let engine = (try? Files.resolve(client.host.socket)) ?? client.host.socket
        let owner = try Owner.find(
            of: Subject(container: container.id, engine: engine),
            at: [.ofOwner(runtimeDirectory: environment["XDG_RUNTIME_DIR"]), .abstract])
        // Another start has it by now; or no run of ours has ever had it.
        guard owner == nil, try await Identity.isOurs(container, client) else { return }
        if options.run != nil || container.state.status == .created {
            // Nothing of it has been seen yet: it was just about to start.
            guard container.hostConfig.removesItself || container.state.status == .created else {
                try await client.kill(container.id, .kill)
                diagnostics.notice("ended container \(container.shortID), whose start was interrupted")
                return
            }
            try await client.remove(container.id)
            for process in ContainerGroup.processes(ofContainer: container.id) {
                try? Linux.Process(process).send(.kill)
            }
            diagnostics.notice("removed container \(container.shortID), whose start was interrupted")
        } else if container.state.isRunning {
            try await client.stop(container.id)
            diagnostics.notice("stopped container \(container.shortID), whose supervisor was killed")
        }
    }
}
