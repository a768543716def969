// SPDX-License-Identifier: Apache-2.0

internal import Cgroups
internal import Console
internal import Engine
internal import Glibc
internal import Linux
internal import Output
internal import RunOptions
internal import Supervision
internal import Systemd

/// `systemd-docker run`: a container's whole life, from its lookup to its removal.
@LoopActor
final class Run {
    let wrapper: WrapperOptions
    var options: ContainerOptions
    /// The unit that we are in; `nil` in a shell.
    let unit: Unit?
    let diagnostics: Diagnostics
    let signals: SignalRelay
    let environment: [String: String]
    /// What the unit's .socket units have opened.
    let sockets = ActivationSockets.ofThisProcess()
    private let interruption: Interruption

    /// What this run has done to a container, and has to undo if it fails.
    var undertaking = Undertaking.none
    /// Tells the container that this run makes from all others.
    let mark = String(UInt64.random(in: 1 ... .max), radix: 16)
    var launchGuard: LaunchGuard?
    var ownedName: Owned?
    var ownedContainer: Owned?
    /// Microseconds that an Engine which is away may take to come back, before a container is left to it.
    private static let patience: UInt64 = 30_000_000
    var place: Place?
    private var containerID = ""
    var claiming: Claiming?
    /// A config.json for the container.
    var credentials: [UInt8]?
    private var proxy: NotifyProxy?
    private var hasPidFile = false
    /// What `--cidfile` asks for, as long as it is to go with the container.
    var idFile: String?
    private var terminal: Terminal?
    private var (hasNewSize, showsSize) = (false, false)
    private var background: [Task<Void, Never>] = []

    /// What has been done to a container.
    enum Undertaking: Equatable {
        case none
        /// The Engine was asked for one, and has not answered.
        case creating
        /// It was made, and has not been started.
        case created(String)
        /// It was made and started.
        case started(String)
        /// It was there, and was started again.
        case startedAgain(String)
        /// It ran already.
        case takenOver(String)

        var isCreated: Bool { if case .created = self { true } else { false } }
    }

    /// The signal that ends a launch half-way.
    @LoopActor
    private final class Interruption {
        var signal: Signal?
        var launch: Task<Launched, any Error>?
    }

    init(
        _ wrapper: WrapperOptions, _ options: ContainerOptions, environment: [String: String], diagnostics: Diagnostics
    ) throws {
        self.wrapper = wrapper
        self.options = options
        self.environment = environment
        self.diagnostics = diagnostics
        unit = Unit.ofThisProcess()
        let interruption = Interruption()
        self.interruption = interruption
        let fatal: Set<Signal> = [.terminate, .interrupt, .hangup, .quit, .abort]
        signals = try SignalRelay { signal in
            guard fatal.contains(signal) else { return }
            interruption.signal = interruption.signal ?? signal
            interruption.launch?.cancel()
        }
    }

    /// Runs the container, and returns how this process has to end.
    func callAsFunction() async -> ExitStatus {
        let status: ExitStatus
        do {
            status = try await supervise(try await launch())
        } catch {
            status = await fail(error)
        }
        await finish()
        return status
    }

    // MARK: Launch

    /// A container that has been started.
    private struct Launched: Sendable {
        let client: Client
        let container: Container
        let wait: ContainerWait
        let output: OutputRelay?
        let events: ContainerEvents
        /// A time before its process began.
        let birth: LogTime
        /// `nil` where it has ended already.
        let process: ProcessWatch?
    }

    private func launch() async throws -> Launched {
        let launch = EventLoop.shared.task { try await self.bringUp() }
        interruption.launch = launch
        if interruption.signal != nil { launch.cancel() }
        return try await launch.value
    }

    private func bringUp() async throws -> Launched {
        await checkNotifyAccess()
        let client = try await connect()
        try options.check(against: client.version)
        try ownName(client)
        try await gatherCredentials()
        var nameIsTaken = false
        while true {
            let found = try await lookUp(client, nameIsTaken: nameIsTaken)
            place = try await preparePlace(client, for: found)
            switch found {
            case .running(let container):
                undertaking = .takenOver(container.id)
                try claim(container)
                let found = try await takeOver(client, container)
                if found.process != nil { return up(found) }
                found.events.close()
                // It was dying (its former wrapper was killed with it), and Docker had not noticed yet.
                _ = try? await found.wait.exitCode()
                try Task.checkCancellation()
                undertaking = .none
                detach()
            case .stopped(let container):
                // Docker would make a folder where the container that was made with --notify expects the socket.
                if wrapper.readyCondition == .notify { _ = try openProxy() }
                return try await start(client, container)
            case .nothing:
                do {
                    return try await start(client, try await create(client))
                } catch is NameTaken where !nameIsTaken {
                    // Somebody else was faster, or the Engine has not let go of the name of what it has removed.
                    nameIsTaken = true
                    if let idFile { PidFile(path: idFile).remove(diagnostics) }
                    idFile = nil
                } catch let error as NameTaken {
                    throw CommandError(creating: options.name ?? "", from: options.image, error.refusal)
                }
            }
        }
    }

    /// Takes a container in hand that runs already, and is claimed.
    private func takeOver(
        _ client: Client, _ container: Container, origin: OutputRelay.Origin = .running,
        birth: LogTime = .now
    ) async throws -> Launched {
        let wait = try await client.wait(
            container.id, until: container.hostConfig.removesItself ? .removed : .notRunning)
        let output = try await attach(client, to: container, origin: origin)
        let events = try await listen(client, to: container)
        return Launched(
            client: client, container: container, wait: wait, output: output, events: events,
            birth: birth, process: try await process(client, of: container))
    }

    private func start(_ client: Client, _ container: Container) async throws -> Launched {
        try await putCredentials(client, into: container)
        // The wait and the attachment stand before the start, so that the shortest life is seen whole.
        let birth = LogTime.now
        let wait = try await client.wait(
            container.id, until: container.hostConfig.removesItself ? .removed : .nextExit)
        let output = try await attach(client, to: container)
        let events = try await listen(client, to: container)
        try claim(container)
        notify("starting container \(label(container))")
        if !undertaking.isCreated {
            undertaking = .startedAgain(container.id)
            await provide(["clean-up", container.id])
        }
        containerID = container.id
        do throws(EngineError) {
            try await client.start(container.id)
        } catch {
            throw CommandError(starting: label(container), error)
        }
        if undertaking.isCreated { undertaking = .started(container.id) }
        return up(
            Launched(
                client: client, container: container, wait: wait, output: output, events: events, birth: birth,
                process: try await process(client, of: container)))
    }

    /// From here on signals are the container's: it is there to receive them.
    private func up(_ launched: Launched) -> Launched {
        interruption.launch = nil
        // It is where it belongs: if we are killed now, systemd ends it with the unit, or leaves it to the next start.
        signals.leave(to: nil)
        launchGuard = nil
        containerID = launched.container.id
        idFile = options.removesOnExit ? options.cidFile : nil
        return launched
    }

    func label(_ container: Container) -> String { options.name ?? String(container.id.prefix(12)) }

    func openProxy() throws(CommandError) -> NotifyProxy {
        if let proxy { return proxy }
        let folder =
            (unit?.isUser == true ? environment["XDG_RUNTIME_DIR"] : nil).map { $0 + "/systemd-docker" }
            ?? "/run/systemd-docker"
        do {
            let proxy = try NotifyProxy(in: folder, name: options.name ?? "\(getpid())")
            self.proxy = proxy
            return proxy
        } catch let error as FolderError {
            throw CommandError("cannot make the socket for --ready notify: \(error)")
        } catch {
            throw CommandError(
                "make the socket for --notify: \(error): it needs root, or XDG_RUNTIME_DIR in a user unit")
        }
    }

    /// Asks to be told what happens to the container; from before its start, so that nothing is missed.
    private func listen(_ client: Client, to container: Container) async throws -> ContainerEvents {
        guard container.config.hasHealthcheck || !wrapper.needsHealthcheck else {
            throw CommandError(
                "container \(label(container)) has no HEALTHCHECK, which --ready healthy and --on-unhealthy need: give its image one, or run a --health-cmd",
                .usage)
        }
        let kinds = Supervisor.kinds(everyCheck: wrapper.readyCondition == .healthy)
        do throws(EngineError) {
            return try await client.events(of: container.id, kinds)
        } catch {
            throw CommandError("listen to what happens to container \(label(container))", error)
        }
    }

    private func attach(
        _ client: Client, to container: Container, origin: OutputRelay.Origin = .unstarted
    ) async throws -> OutputRelay? {
        guard wrapper.logs, !options.passesOutput || attachesInput else { return nil }
        let withInput = attachesInput
        let stream: HijackedStream
        let start = LogTime.now
        do throws(EngineError) {
            stream = try await client.attach(
                container.id, withInput: withInput, detachKeys: options.detachKeys)
        } catch {
            throw CommandError("attach to container \(label(container))", error)
        }
        if withInput {
            if container.config.hasTerminal, Terminal.isPresent { terminal = try Terminal() }
            background.append(
                EventLoop.shared.task { [diagnostics] in
                    do {
                        try await ContainerInput(stream: stream).copy()
                    } catch is CancellationError {
                    } catch {
                        diagnostics.warning("bring stdin to the container: \(error)")
                    }
                })
        }
        return OutputRelay(
            stream, of: container, client: client, since: start, hasInput: withInput, origin: origin,
            leavesMarks: place != nil, diagnostics: diagnostics)
    }

    /// Takes stdin and terminal back from a container that has ended.
    private func detach() {
        for task in background { task.cancel() }
        background = []
        terminal?.restore()
        terminal = nil
    }

    /// Takes hold of the container's PID 1, and brings it under the unit; `nil` where it has ended already.
    private func process(_ client: Client, of container: Container) async throws -> ProcessWatch? {
        let state: Container.State
        do throws(EngineError) {
            state = try await client.inspect(container.id).state
        } catch {
            if error.isNotFound { return nil }  // --rm, and over already.
            throw CommandError("look at the started container", error)
        }
        guard state.isRunning, state.process > 0 else { return nil }
        let process: ProcessWatch
        do throws(SystemError) {
            process = try ProcessWatch(state.process)
        } catch {
            if error.isNotFound { return nil }
            throw CommandError("take hold of the container's process", error)
        }
        do {
            // It may speak before it is moved, and by one that has ended by then.
            hear(container, process)
            if let place { try settle(container, process: process.id, in: place) }
            hear(container, process)
        } catch {
            // A process that ends has left its cgroups before it is over: version 1 shows it at / (cgroups(7)).
            guard try await process.ends(within: .seconds(1)) else { throw error }
            return nil
        }
        return process
    }

    /// Provides for our being killed before the container is in the unit.
    ///
    /// Whoever kills us alone leaves the signal witness, and systemd waits for what that does. Where the whole unit is
    /// killed, our runtime refuses to start the container; in the other placements it takes a process outside of the unit.
    func provide(_ words: [String]) async {
        signals.leave(to: words)
        guard let unit, let place, [.parent, .migrate].contains(place.choice.placement), launchGuard == nil else {
            return
        }
        do {
            launchGuard = try LaunchGuard(words, for: unit, mark: mark)
            try await launchGuard?.isReady()
        } catch {
            // Without systemd-run, or cancelled: the next start finds what is left (lookUp).
        }
    }

    // MARK: Supervision

    private func supervise(_ launched: Launched) async throws -> ExitStatus {
        var launched = launched
        while true {
            let (container, client) = (launched.container, launched.client)
            if let process = launched.process {
                if let path = wrapper.pidFile {
                    try PidFile(path: path).write(process.id)
                    hasPidFile = true
                }
                if leaves {
                    launched.events.close()
                    await leave(to: process)
                    return .exited(0)
                }
            }
            let supervisor = Supervisor(
                terms(of: container, launched), client: client, container: container,
                name: options.name ?? options.image, process: launched.process, birth: launched.birth,
                reloadCommand: wrapper.reloadCommand, diagnostics: diagnostics)
            listen(to: container, client, supervisor)
            let removal = options.removesOnExit && !container.hostConfig.removesItself
            let outcome = try await supervisor.run(
                wait: launched.wait, output: launched.output, events: launched.events, signals: signals, proxy: proxy,
                removal: removal,
                memoryKills: { [place] in place?.group.outOfMemoryKills(container: container.id) ?? 0 }
            ) { [weak self] in self?.react(to: $0, client, container) }
            switch outcome {
            case .ended(let status?):
                end(launched, status, outOfMemory: supervisor.hasRunOutOfMemory)
                return status
            case .ended(nil):
                throw CommandError(
                    "container \(label(container)) has ended, and neither the kernel nor Docker can tell how")
            case .restarted:
                // Our claim stands, so a new process is born where the last one was.
                diagnostics.notice("container \(label(container)) was restarted by way of Docker: following it")
                detach()
                signals.hold()
                launched = try await takeOver(
                    client, container, origin: .restarted(supervisor.end ?? .now), birth: supervisor.lastLook)
            }
        }
    }

    private func end(_ launched: Launched, _ status: ExitStatus, outOfMemory: Bool) {
        undertaking = .none
        // It was up, though it was gone before we could say so: a start that fails comes with an exit status.
        if launched.process == nil, status == .exited(0), wrapper.readyCondition == .started { Notification.ready() }
        guard status != .exited(0) else { return }
        notify(
            "container \(label(launched.container)) ended: \(status)"
                + (outOfMemory && status == .signaled(.kill) ? " (out of memory)" : ""))
    }

    private func terms(of container: Container, _ launched: Launched) -> StateMachine.Terms {
        var terms = StateMachine.Terms(
            stopSignal: container.config.stopSignal.flatMap(Signal.init(named:)) ?? .terminate,
            // A negative time means for ever, as docker stop has it.
            stopTimeout: container.config.stopTimeout.flatMap { $0 < 0 ? nil : UInt64(min($0, 1 << 40)) * 1_000_000 },
            removesContainer: options.removesOnExit, watchesProcess: launched.process != nil,
            copiesOutput: launched.output != nil)
        terms.removesItself = container.hostConfig.removesItself
        terms.readyCondition =
            switch wrapper.readyCondition {
            case .started: .started
            // The socket of a container that ran before us is its former wrapper's: it cannot tell us any more.
            case .notify: proxy == nil ? .started : .notify
            case .healthy: .healthy
            }
        terms.onUnhealthy =
            switch wrapper.onUnhealthy {
            case .none: .none
            case .stop: .stop
            case .kill: .kill
            }
        // A daemon that is busy takes its time for each check.
        terms.timeOfCheck = UInt64((container.config.healthcheck?.longestRound ?? 0) / 1000) + 10_000_000
        terms.watchdog = Notification.watchdog?.microseconds
        terms.hasReloadCommand = !wrapper.reloadCommand.isEmpty
        terms.isInTerminal = unit == nil
        return terms
    }

    /// Nothing is left for us to do once it runs: no log to copy, no message to pass on, no health to watch, nothing to
    /// remove.
    var leaves: Bool {
        !wrapper.logs && wrapper.readyCondition == .started && wrapper.onUnhealthy == .none
            && wrapper.reloadCommand.isEmpty && Notification.watchdog == nil && !options.removesOnExit
    }

    /// Makes the container's PID 1 the unit's main process, as the old program did, and goes.
    private func leave(to process: ProcessWatch) async {
        Notification.ready(mainProcess: process.id)
        // The manager takes the message only while it can see who sent it. A listener that is none never answers.
        _ = try? await EventLoop.shared.within(.seconds(5)) { try await Notification.barrier() }
        undertaking = .none
        hasPidFile = false  // It goes with the container; `PIDFile=` sees to it.
        place = nil
    }

    /// Takes the cgroup that the container is in now for the container's.
    private func hear(_ container: Container, _ process: ProcessWatch) {
        guard let proxy, let group = try? ContainerGroup(of: process.id, id: container.id, unit: place?.group) else {
            return
        }
        proxy.add(group)
    }

    /// Lets the container speak to the manager; what it said before it ended so soon that there is no process, too.
    private func listen(to container: Container, _ client: Client, _ supervisor: Supervisor) {
        guard let proxy else { return }
        proxy.listen(
            isAlone: {
                // What is a user's own, all of his processes can reach. Of root's it is containers that share the mount
                // (--volumes-from).
                guard geteuid() == 0,
                    let sharing = try? await client.list(filters: ["volume": proxy.paths])
                else { return false }
                return sharing.allSatisfy { $0.id == container.id }
            },
            pass: { [weak supervisor] in supervisor?.take(.told($0)) },
            complain: { [diagnostics, name = label(container)] in
                diagnostics.warning("not passed on from container \(name) to systemd: \($0)")
            })
    }

    /// What a signal means for us, beyond what it means for the container.
    private func react(to signal: Signal, _ client: Client, _ container: Container) {
        guard signal == .windowChange else { return }
        hasNewSize = true
        guard !showsSize else { return }
        showsSize = true
        background.append(EventLoop.shared.task { await self.showSize(client, container) })
    }

    /// Tells the container's terminal how large ours is, one size after the other: the last one must be the last.
    private func showSize(_ client: Client, _ container: Container) async {
        defer { showsSize = false }
        while hasNewSize, let size = terminal?.size {
            hasNewSize = false
            // It may have ended, or not begun to show anything: then its size does not matter.
            try? await client.resize(container.id, rows: size.rows, columns: size.columns)
        }
    }

    // MARK: Ends

    /// The line that `systemctl status` shows.
    func notify(_ status: String) { Notification.status(status) }

    /// Says why it failed, clears the container away, and returns the exit status that tells.
    private func fail(_ error: any Error) async -> ExitStatus {
        terminal?.restore()
        let status: ExitStatus
        var isAskedToStop = false
        if let signal = interruption.signal, interruption.launch != nil {
            isAskedToStop = true
            diagnostics.notice("\(signal) before the container was up")
            status = .signaled(signal)
        } else {
            diagnostics.error("\(error)")
            let code: CommandError.Code = error is UsageError ? .usage : (error as? CommandError)?.code ?? .engine
            status = .exited(code.rawValue)
        }
        await clearContainer(isAskedToStop: isAskedToStop)
        return status
    }

    /// Undoes what this run has done: removes what it has made, ends what it has started.
    ///
    /// A container that it has found running goes on, unless it was to take it over and was asked to stop meanwhile: then
    /// that has the time to stop that the manager gives us.
    private func clearContainer(isAskedToStop: Bool) async {
        guard undertaking != .none else { return }
        do throws(EngineError) {
            // It may be the very reason why we fail that the daemon is being restarted.
            let client = try await Client.connect(environment: environment, patience: Self.patience)
            switch undertaking {
            case .none: break
            case .creating:
                if let id = try await unheardOfID(client) { try await client.remove(id) }
            case .started(let id) where !options.removesOnExit: try await client.kill(id, .kill)
            case .startedAgain(let id): try await client.kill(id, .kill)
            case .takenOver where !isAskedToStop: containerID = ""
            case .takenOver(let id):
                try await client.stop(id, isPatient: true)
                if options.removesOnExit { try await client.remove(id) }
            case .created(let id), .started(let id):
                try await client.remove(id)
                killOrphans(of: id)
            }
        } catch {
            if error.isConflict || error.isNotFound { return }
            diagnostics.warning("clear away container \(options.name ?? containerID): \(error)")
        }
    }

    /// Ends what Docker has started and does not know of: a daemon that was killed meanwhile takes such a container for one
    /// that was never started, and removes no more than its files.
    private func killOrphans(of id: String) {
        for process in ContainerGroup.processes(ofContainer: id) {
            diagnostics.notice("killing process \(process): Docker has lost it while it started the container")
            // It may have ended by itself.
            try? Linux.Process(process).send(.kill)
        }
    }

    /// Lets go of everything that is not the container itself.
    private func finish() async {
        for task in background { task.cancel() }
        terminal?.restore()
        if hasPidFile, let path = wrapper.pidFile { PidFile(path: path).remove(diagnostics) }
        if let idFile { PidFile(path: idFile).remove(diagnostics) }
        proxy?.close()
        endClaim()
        endOwnership()
        launchGuard = nil
        if let place { clear(place, container: containerID) }
        signals.end()
    }
}
