// SPDX-License-Identifier: Apache-2.0

internal import Cgroups
internal import Console
internal import Engine
internal import Linux
internal import RunOptions
internal import Systemd

/// What a run has done to its container, and how that is undone.
@LoopActor
final class ContainerState {
    enum Stage: Equatable {
        /// Nothing, or nothing that is to be undone any more.
        case none
        /// The Engine was asked for a container, and has not answered.
        case creating
        /// It was created, and has not been started.
        case created(String)
        /// It was created and started.
        case started(String)
        /// It existed, and was started again.
        case startedAgain(String)
        /// It ran already.
        case takenOver(String)
    }

    /// How long an Engine that is away may take to come back, before a container is left to it.
    private static let engineTimeout = Duration.seconds(30)

    private let job: Job
    private let cleanup: Cleanup
    /// Whether a signal has ended the run.
    private let isAskedToStop: () -> Bool
    private var step: Cleanup.Step?
    var stage = Stage.none {
        didSet {
            // Anew after each change: the container goes before what was acquired for it meanwhile, as its ownership.
            step?.cancel()
            if stage != .none { step = cleanup.add { await self.undo() } }
        }
    }

    /// - Parameters:
    ///   - job: What was asked for.
    ///   - cleanup: Undoes what is done to a container.
    ///   - isAskedToStop: Whether a signal has ended the run.
    init(_ job: Job, _ cleanup: Cleanup, isAskedToStop: @escaping () -> Bool) {
        self.job = job
        self.cleanup = cleanup
        self.isAskedToStop = isAskedToStop
    }

    /// Whether the container was created by this run, and has not been started.
    var isCreated: Bool { if case .created = stage { true } else { false } }

    /// Whether the container continues when the run fails: it was taken over, and not asked to stop.
    var outlivesFailure: Bool { if case .takenOver = stage { !isAskedToStop() } else { false } }

    /// Removes what this run has created, ends what it has started.
    ///
    /// A container that it found running continues, unless it was about to take it over and was asked to stop meanwhile:
    /// then the container has the time to stop that the manager gives us.
    private func undo() async {
        do throws(EngineError) {
            // It may be the very reason of our failure that the daemon is being restarted.
            let client = try await Client.connect(environment: job.environment, timeout: Self.engineTimeout)
            switch stage {
            case .none: break
            case .creating:
                if let id = try await unheardOfID(client) { try await client.remove(id) }
            case .started(let id) where !job.options.removesOnExit: try await client.kill(id, .kill)
            case .startedAgain(let id): try await client.kill(id, .kill)
            case .takenOver where !isAskedToStop(): break
            case .takenOver(let id):
                try await client.stop(id, withoutTimeout: true)
                if job.options.removesOnExit { try await client.remove(id) }
            case .created(let id), .started(let id):
                try await client.remove(id)
                killOrphans(of: id)
            }
        } catch {
            if error.isConflict || error.isNotFound { return }
            job.diagnostics.warning("cannot clean up container \(job.name ?? ""): \(error)")
        }
    }

    /// The container that the Engine has created for us without an answer: it went away before it could.
    private func unheardOfID(_ client: Client) async throws(EngineError) -> String? {
        try await client.list(filters: ["label": ["\(CleanUp.label)=\(job.mark)"]]).first?.id
    }

    /// Ends what Docker has started and does not know of: a daemon that was killed meanwhile takes such a container for
    /// one that was never started, and removes no more than its files.
    private func killOrphans(of id: String) {
        for process in ContainerGroup.processes(ofContainer: id) {
            job.diagnostics.notice("killing process \(process): Docker has lost it while it started the container")
            // It may have ended by itself.
            try? Linux.Process(process).send(.kill)
        }
    }
}
