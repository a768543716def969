// SPDX-License-Identifier: Apache-2.0

internal import Cgroups
internal import Console
internal import Engine
internal import Glibc
internal import Linux
internal import RunOptions
internal import Supervision
internal import Systemd

/// `systemd-docker run`: a container's whole life: launch, supervise, clean up.
@LoopActor
final class Run {
    private let job: Job
    private let signals: SignalRelay
    private let cleanup = Cleanup()
    private let interruption: Interruption
    private let state: ContainerState
    private let files: ContainerFiles
    private let session: TerminalSession
    private let launch: Launch

    /// The signal that ends a launch half-way.
    @LoopActor
    private final class Interruption {
        var signal: Signal?
        var launch: Task<Launched, any Error>?
        /// The launch was ended by the signal, not the container by what it made of the signal.
        var isEffective: Bool { signal != nil && launch != nil }
    }

    /// - Throws: ``SystemError`` where signals cannot be watched.
    init(
        _ wrapper: WrapperOptions, _ options: ContainerOptions, environment: [String: String], diagnostics: Diagnostics
    ) throws(SystemError) {
        let interruption = Interruption()
        let fatal: Set<Signal> = [.terminate, .interrupt, .hangup, .quit, .abort]
        signals = try SignalRelay { signal in
            guard fatal.contains(signal) else { return }
            interruption.signal = interruption.signal ?? signal
            interruption.launch?.cancel()
        }
        self.interruption = interruption
        job = Job(wrapper, options, environment: environment, diagnostics: diagnostics)
        state = ContainerState(job, cleanup) { interruption.isEffective }
        files = ContainerFiles(job, cleanup)
        session = TerminalSession(job, cleanup)
        launch = Launch(job, cleanup, signals, state, files, session)
    }

    /// Runs the container to its end.
    ///
    /// - Returns: How this process has to end.
    func run() async -> ExitStatus {
        let status: ExitStatus
        do {
            status = try await supervise(try await bringUp())
        } catch {
            status = await fail(error)
        }
        await cleanup.run()
        signals.end()
        return status
    }

    private func bringUp() async throws -> Launched {
        let task = EventLoop.shared.task { [launch] in try await launch.run() }
        interruption.launch = task
        if interruption.signal != nil { task.cancel() }
        let launched = try await task.value
        interruption.launch = nil
        return launched
    }

    private func supervise(_ first: Launched) async throws -> ExitStatus {
        var launched = first
        while true {
            let (client, container) = (launched.client, launched.container)
            if let process = launched.process {
                try files.write(process: process.id)
                if job.exitsAfterStart { return await exit(leaving: process, launched) }
            }
            let supervisor = Supervisor(
                Configuration(job, launched, hasProxy: launch.proxy != nil), client: client,
                container: container, name: job.name ?? job.options.image, process: launched.process,
                birth: launched.birth, reloadCommand: job.wrapper.reloadCommand, diagnostics: job.diagnostics)
            if let proxy = launch.proxy { supervisor.listen(to: proxy) }
            let outcome = try await supervisor.run(
                wait: launched.wait, output: launched.output, events: launched.events, signals: signals,
                proxy: launch.proxy, removal: job.options.removesOnExit && !container.hostConfig.removesItself,
                memoryKills: { [place = launch.place] in place?.group.outOfMemoryKills(container: container.id) ?? 0 }
            ) { [session] signal in
                if signal == .windowChange { session.resize(container, client) }
            }
            switch outcome {
            case .ended(let status?):
                end(launched, status, outOfMemory: supervisor.hasRunOutOfMemory)
                return status
            case .ended(nil):
                throw CommandError(
                    "container \(job.label(container)) has ended, and neither the kernel nor Docker can tell how")
            case .restarted:
                job.diagnostics.notice(
                    "container \(job.label(container)) was restarted by way of Docker: following it")
                launched = try await launch.follow(
                    container, client, after: supervisor.end ?? .now, birth: supervisor.lastLook)
            }
        }
    }

    private func end(_ launched: Launched, _ status: ExitStatus, outOfMemory: Bool) {
        state.stage = .none
        // It was up, though it was gone before we could say so: a start that fails comes with an exit status.
        if launched.process == nil, status == .exited(0), job.wrapper.readyCondition == .started {
            Notification.ready()
        }
        guard status != .exited(0) else { return }
        job.show(
            "container \(job.label(launched.container)) ended: \(status)"
                + (outOfMemory && status == .signaled(.kill) ? " (out of memory)" : ""))
    }

    /// Makes the container's PID 1 the unit's main process, as the old program did.
    private func exit(leaving process: ProcessWatch, _ launched: Launched) async -> ExitStatus {
        launched.events.close()
        Notification.ready(mainProcess: process.id)
        // The manager takes the message only while it can see who sent it. A listener that is none never answers.
        _ = try? await EventLoop.shared.within(.seconds(5)) { try await Notification.barrier() }
        launch.leave()
        return .exited(0)
    }

    /// Says why it failed.
    private func fail(_ error: any Error) async -> ExitStatus {
        await session.end()
        if interruption.isEffective, let signal = interruption.signal {
            job.diagnostics.notice("\(signal) before the container was up")
            return .signaled(signal)
        }
        job.diagnostics.error("\(error)")
        let code: CommandError.Code = error is UsageError ? .usage : (error as? CommandError)?.code ?? .engine
        return .exited(code.rawValue)
    }
}
