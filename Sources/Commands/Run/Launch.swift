// SPDX-License-Identifier: Apache-2.0

internal import Cgroups
internal import Console
internal import Engine
internal import Glibc
internal import Images
internal import Linux
internal import Output
internal import RunOptions
internal import Systemd

/// Brings a container up: finds, creates or starts it, places it in the unit, and attaches to it.
@LoopActor
final class Launch {
    private let job: Job
    private let cleanup: Cleanup
    private let signals: SignalRelay
    private let state: ContainerState
    private let files: ContainerFiles
    private let session: TerminalSession
    private let claim: ContainerClaim
    private var credentials: SocketCredentials?
    private var launchGuard: LaunchGuard?
    private var placeStep: Cleanup.Step?
    /// The container whose cgroups are ours to remove.
    private var containerID = ""
    /// Where the container is put; `nil` outside of a unit.
    private(set) var place: Place?
    /// The socket for the container's own messages to the manager.
    private(set) var proxy: NotifyProxy?

    init(
        _ job: Job, _ cleanup: Cleanup, _ signals: SignalRelay, _ state: ContainerState, _ files: ContainerFiles,
        _ session: TerminalSession
    ) {
        self.job = job
        self.cleanup = cleanup
        self.signals = signals
        self.state = state
        self.files = files
        self.session = session
        claim = ContainerClaim(job, cleanup)
    }

    /// Brings it up.
    ///
    /// - Returns: The container, started.
    /// - Throws: ``CommandError``, `UsageError`, `CancellationError` after a signal.
    func run() async throws -> Launched {
        let connection = EngineConnection(job: job)
        await connection.checkNotifyAccess()
        let client = try await connection.connect()
        try job.options.check(against: client.version)
        let ownership = ContainerOwnership(job, client, cleanup)
        try ownership.takeName()
        var spec = await spec()
        credentials = try await SocketCredentials.find(job, environment: spec.environment)
        if credentials != nil { spec.credentialsFolder = SocketCredentials.folder }
        let identity = Identity(
            job.options, notifies: job.wrapper.readyCondition == .notify, updates: job.wrapper.updates,
            environment: await unitFileEnvironment())
        spec.identityLabel = identity.label
        let lookup = Lookup(job: job, client: client, ownership: ownership, identity: identity)
        var nameIsTaken = false
        while true {
            let found = try await lookup.lookUp(nameIsTaken: nameIsTaken)
            try await preparePlace(for: found, client)
            switch found {
            case .running(let container):
                if let launched = try await adopt(container, client) { return up(launched) }
            case .stopped(let container):
                // Docker would make a folder where the container that was made with --notify expects the socket.
                if job.wrapper.readyCondition == .notify { _ = try openProxy() }
                return up(try await start(container, client))
            case .nothing:
                do {
                    let creation = Creation(
                        job: job, client: client, spec: try complete(spec), state: state, ownership: ownership,
                        files: files,
                        prepareForDeath: { await self.prepareForDeath(["clean-up", "--run", self.job.mark]) })
                    return up(try await start(try await creation.create(), client))
                } catch is NameTaken where !nameIsTaken {
                    // Somebody else was faster, or the Engine has not let go of the name of what it has removed.
                    nameIsTaken = true
                    await files.removeIDFile()
                } catch let error as NameTaken {
                    throw CommandError(creating: job.name ?? "", from: job.options.image, error.refusal)
                }
            }
        }
    }

    /// Follows a container that was restarted: our claim stands, so the new process is born where the last one was.
    ///
    /// - Parameters:
    ///   - container: The container.
    ///   - end: When its last process had ended.
    ///   - birth: A time before its process began.
    func follow(_ container: Container, _ client: Client, after end: LogTime, birth: LogTime) async throws -> Launched {
        await session.end()
        signals.hold()
        return try await takeOver(container, client, origin: .restarted(end), birth: birth)
    }

    /// Leaves the container to the manager: nothing of what belongs to it is undone.
    func leave() {
        state.stage = .none
        files.keepPidFile()
        placeStep?.cancel()
    }

    // MARK: What it is created with

    private func spec() async -> ContainerSpec {
        var spec = ContainerSpec(options: job.options)
        if job.wrapper.passesEnvironment { spec.unitEnvironment = UnitEnvironment.entries(of: job.environment) }
        if job.wrapper.updates, let unit = job.unit {
            spec.updateLabel =
                UpdateLabel(unit: unit, image: job.options.image, platform: job.options.platform).value
        }
        spec.runLabel = job.mark
        spec.attachesInput = job.attachesInput
        return spec
    }

    private func unitFileEnvironment() async -> [String] {
        guard job.wrapper.passesEnvironment, let unit = job.unit else { return [] }
        return await UnitEnvironment.ofUnitFile(unit, job.environment)
    }

    private func complete(_ spec: ContainerSpec) throws(CommandError) -> ContainerSpec {
        var spec = spec
        switch place?.choice.placement {
        case .native: spec.placement = .native(command: place?.runtime.command ?? [])
        case .parent: spec.placement = .parent(place?.group.path ?? "")
        case .migrate, .none?, nil: break
        }
        if job.wrapper.readyCondition == .notify {
            spec.notifySocket = try openProxy().path
            spec.watchdogMicroseconds = Notification.watchdog?.microseconds
        }
        return spec
    }

    // MARK: Place and socket

    private func preparePlace(for found: Found, _ client: Client) async throws {
        placeStep?.cancel()
        place = try await Place.prepare(job, for: found, client, signals)
        placeStep = cleanup.add { [self] in
            place?.removeCgroups(ofContainer: state.outlivesFailure ? "" : containerID, job.diagnostics)
        }
    }

    private func openProxy() throws(CommandError) -> NotifyProxy {
        if let proxy { return proxy }
        let folder =
            (job.unit?.isUser == true ? job.environment["XDG_RUNTIME_DIR"] : nil).map { $0 + "/systemd-docker" }
            ?? "/run/systemd-docker"
        do {
            let proxy = try NotifyProxy(in: folder, name: job.name ?? "\(getpid())")
            cleanup.add { proxy.close() }
            self.proxy = proxy
            return proxy
        } catch let error as FolderError {
            throw CommandError("cannot make the socket for --ready notify: \(error)")
        } catch {
            throw CommandError(
                "make the socket for --notify: \(error): it needs root, or XDG_RUNTIME_DIR in a user unit")
        }
    }

    // MARK: Start

    /// Takes over a container that runs.
    ///
    /// - Returns: `nil` where it was dying (its former wrapper was killed with it), and Docker had not noticed yet.
    private func adopt(_ container: Container, _ client: Client) async throws -> Launched? {
        state.stage = .takenOver(container.id)
        try await claim.make(for: container, in: place)
        let launched = try await takeOver(container, client, origin: .running, birth: .now)
        if launched.process != nil { return launched }
        launched.events.close()
        _ = try? await launched.wait.exitCode()
        try Task.checkCancellation()
        state.stage = .none
        await session.end()
        return nil
    }

    private func takeOver(
        _ container: Container, _ client: Client, origin: OutputRelay.Origin, birth: LogTime
    ) async throws -> Launched {
        let wait = try await client.wait(
            container.id, until: container.hostConfig.removesItself ? .removed : .notRunning)
        let output = try await attach(to: container, client, origin: origin)
        let events = try await listen(to: container, client)
        return Launched(
            client: client, container: container, wait: wait, output: output, events: events, birth: birth,
            process: try await process(of: container, client))
    }

    private func start(_ container: Container, _ client: Client) async throws -> Launched {
        try await credentials?.put(into: container, job, client)
        // The wait and the attachment stand before the start, so that the shortest life is seen whole.
        let birth = LogTime.now
        let wait = try await client.wait(
            container.id, until: container.hostConfig.removesItself ? .removed : .nextExit)
        let output = try await attach(to: container, client, origin: .unstarted)
        let events = try await listen(to: container, client)
        try await claim.make(for: container, in: place)
        job.show("starting container \(job.label(container))")
        if !state.isCreated {
            state.stage = .startedAgain(container.id)
            await prepareForDeath(["clean-up", container.id])
        }
        containerID = container.id
        do throws(EngineError) {
            try await client.start(container.id)
        } catch {
            throw CommandError(starting: job.label(container), error)
        }
        if state.isCreated { state.stage = .started(container.id) }
        return Launched(
            client: client, container: container, wait: wait, output: output, events: events, birth: birth,
            process: try await process(of: container, client))
    }

    /// From here on signals are the container's: it is there to receive them.
    private func up(_ launched: Launched) -> Launched {
        // It is where it belongs: if we are killed now, systemd ends it with the unit, or leaves it to the next start.
        signals.leave(to: nil)
        launchGuard = nil
        containerID = launched.container.id
        files.containerIsUp(launched.container.id)
        return launched
    }

    /// Provides for our being killed before the container is in the unit.
    ///
    /// Whoever kills us alone leaves the signal witness, and systemd waits for what that does. Where the whole unit is
    /// killed, our runtime refuses to start the container; in the other placements it takes a process outside of the unit.
    private func prepareForDeath(_ words: [String]) async {
        signals.leave(to: words)
        guard let unit = job.unit, let place, [.parent, .migrate].contains(place.choice.placement), launchGuard == nil
        else { return }
        do {
            launchGuard = try LaunchGuard(words, for: unit, mark: job.mark)
            try await launchGuard?.isReady()
        } catch {
            // Without systemd-run, or cancelled: the next start finds what is left (Lookup).
        }
    }

    // MARK: What tells of it

    /// Asks to be told what happens to the container; from before its start, so that nothing is missed.
    private func listen(to container: Container, _ client: Client) async throws -> ContainerEvents {
        guard container.config.hasHealthcheck || !job.wrapper.needsHealthcheck else {
            throw CommandError(
                "container \(job.label(container)) has no HEALTHCHECK, which --ready healthy and --on-unhealthy need: "
                    + "give its image one, or run a --health-cmd",
                .usage)
        }
        let kinds = Supervisor.kinds(everyCheck: job.wrapper.readyCondition == .healthy)
        do throws(EngineError) {
            return try await client.events(of: container.id, kinds)
        } catch {
            throw CommandError("listen to what happens to container \(job.label(container))", error)
        }
    }

    private func attach(
        to container: Container, _ client: Client, origin: OutputRelay.Origin
    ) async throws -> OutputRelay? {
        let withInput = job.attachesInput
        guard job.wrapper.logs, !job.options.passesOutput || withInput else { return nil }
        let stream: HijackedStream
        let start = LogTime.now
        do throws(EngineError) {
            stream = try await client.attach(
                container.id, withInput: withInput, detachKeys: job.options.detachKeys)
        } catch {
            throw CommandError("attach to container \(job.label(container))", error)
        }
        if withInput { try session.begin(stream, of: container) }
        return OutputRelay(
            stream, of: container, client: client, since: start, hasInput: withInput, origin: origin,
            leavesMarks: place != nil, diagnostics: job.diagnostics)
    }

    /// Opens the container's PID 1, and brings it under the unit; `nil` where it has ended already.
    private func process(of container: Container, _ client: Client) async throws -> ProcessWatch? {
        let found: Container.State
        do throws(EngineError) {
            found = try await client.inspect(container.id).state
        } catch {
            if error.isNotFound { return nil }  // --rm, and over already.
            throw CommandError("inspect the started container", error)
        }
        guard found.isRunning, found.process > 0 else { return nil }
        let process: ProcessWatch
        do throws(SystemError) {
            process = try ProcessWatch(found.process)
        } catch {
            if error.isNotFound { return nil }
            throw CommandError("open a pidfd for the container's process \(found.process)", error)
        }
        do {
            // It may speak before it is moved, and by one that has ended by then.
            hear(container, process)
            try place?.settle(container, process: process.id, job)
            hear(container, process)
        } catch {
            // A process that ends has left its cgroups before it is over: version 1 shows it at / (cgroups(7)).
            guard try await process.ends(within: .seconds(1)) else { throw error }
            return nil
        }
        return process
    }

    /// Takes the cgroup that the container is in now for the container's.
    private func hear(_ container: Container, _ process: ProcessWatch) {
        guard let proxy, let group = try? ContainerGroup(of: process.id, id: container.id, unit: place?.group) else {
            return
        }
        proxy.add(group)
    }
}
