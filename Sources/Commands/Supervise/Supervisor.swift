// SPDX-License-Identifier: Apache-2.0

internal import Console
internal import Engine
internal import Linux
internal import Output
internal import Supervision
internal import Systemd

/// Does what the state machine says, and tells it what happens.
@LoopActor
final class Supervisor {
    /// What supervision comes to.
    enum Outcome: Sendable, Equatable {
        /// The container is over; how it ended, `nil` where nobody knows.
        case ended(ExitStatus?)
        /// Somebody has restarted it: it goes on under another process.
        case restarted
    }

    /// How long something may take that should come by itself: the last output, the removal.
    static let timeout = Duration.seconds(30)

    private var machine: StateMachine
    let client: Client
    let container: Container
    let reloadCommand: [String]
    let name: String
    let process: ProcessWatch?
    private let diagnostics: Diagnostics
    /// What the Engine did before is not about this process.
    let birth: LogTime
    /// When it was last asked whether there is another process.
    var lastLook = LogTime.now
    /// It was told not to start the container by itself.
    var isOverruled = false
    private let over = Waiter<Outcome>()
    private var sources: [EventSource] = []
    private var watchdog: EventSource?
    private var tasks: [Task<Void, Never>] = []
    /// The Engine removes what was made with --rm; what was made without, we do.
    private var removal = false
    let signs = RestartSigns()
    /// The signals that the Engine was asked to send are ours.
    private(set) var sendsByEngine = false
    /// Whether it goes on, asked for by whoever first sees its process end.
    private var verdict: Task<Bool, Never>?
    /// The stream of the container's events as long as it stands, and whether it was ended for the sake of another.
    var current: ContainerEvents?
    var wantsNextStream = false
    /// It is not ready before it is healthy, so each check counts.
    var wantsEveryCheck: Bool
    var (hasNews, isLooking) = (false, false)
    /// What the last check of its health said.
    var lastCheck: String?

    /// - Parameters:
    ///   - name: What messages call the container.
    ///   - birth: A time before its process began, and after the last one ended.
    ///   - reloadCommand: What takes the place of SIGHUP; empty where nothing does.
    init(
        _ configuration: Configuration, client: Client, container: Container, name: String, process: ProcessWatch?,
        birth: LogTime, reloadCommand: [String], diagnostics: Diagnostics
    ) {
        machine = StateMachine(configuration)
        wantsEveryCheck = configuration.readyCondition == .healthy
        self.client = client
        self.container = container
        self.name = name
        self.process = process
        self.birth = birth
        self.reloadCommand = reloadCommand
        self.diagnostics = diagnostics
    }

    /// Watches until the container's process is over.
    ///
    /// - Parameter memoryKills: counts the processes that were killed for want of memory.
    func run(
        wait: ContainerWait, output: OutputRelay?, events: ContainerEvents, signals: SignalRelay,
        proxy: NotifyProxy?, removal: Bool, memoryKills: @escaping () -> Int, onSignal: @escaping (Signal) -> Void
    ) async throws -> Outcome {
        client.daemon.onChange = { [weak self] in self?.daemonChanged($0) }
        if let process {
            let formerKills = memoryKills()
            sources.append(
                try process.onEnd { [weak self] status in
                    // Its last words may have come just before; what comes later is the next process's.
                    proxy?.hold()
                    // Docker looks for such news where it put the container, and tells them in its own time.
                    if memoryKills() > formerKills { self?.handle(.ranOutOfMemory) }
                    self?.background {
                        await proxy?.settled()
                        guard await self?.isRestarted(signals) == false else { return }
                        output?.containerEnded(isToldHow: status != nil)
                        self?.handle(.processEnded(status))
                    }
                })
            handle(.begun)
            follow(events)
            if container.config.hasHealthcheck { look() }
        } else {
            proxy?.hold()
            await proxy?.settled()
        }
        self.removal = removal
        follow(wait, signals)
        var copy: Task<Void, Never>?
        if let output {
            copy = background { [weak self, process] in
                do {
                    try await output.copy(of: process)
                } catch {
                    let reason = error is OutputFrames.Malformed ? "Docker sends what is none" : "\(error)"
                    self?.diagnostics.warning("read the container's output: \(reason): the rest is dropped")
                    await output.drain()
                }
                self?.handle(.outputEnded)
            }
        }
        signals.begin { [weak self] in
            switch $0 {
            case .signaled(let signal):
                onSignal(signal)
                self?.handle(.signaled(signal))
            case .addressed(let signal, let reachedContainer):
                self?.handle(.routed(signal, reachedContainer: reachedContainer))
            }
        }
        // Whatever size our terminal has by now is news to the container's.
        onSignal(.windowChange)
        defer {
            sources = []
            watchdog = nil
            for task in tasks { task.cancel() }
            events.close()
        }
        var outcome = try await over.value
        // What Docker starts after it has ended, as a daemon may that stood still meanwhile, is the unit's all the same.
        if outcome != .restarted, !removal, !container.hostConfig.removesItself, await runsAgain() {
            outcome = .restarted
        }
        // The next one's output comes after the last one's.
        if outcome == .restarted, let copy {
            _ = try await EventLoop.shared.within(Self.timeout) { await copy.value }
        }
        return outcome
    }

    @discardableResult
    func background(_ work: @escaping @LoopActor () async -> Void) -> Task<Void, Never> {
        let task = EventLoop.shared.task { await work() }
        tasks.append(task)
        return task
    }

    /// Whether the process that has ended was not the last one; then this supervision is over, and signals wait for the
    /// next.
    private func isRestarted(_ signals: SignalRelay) async -> Bool {
        let verdict = verdict ?? EventLoop.shared.task { await self.goesOn() }
        self.verdict = verdict
        guard await verdict.value else { return false }
        signals.hold()
        over.resume(.success(.restarted))
        return true
    }

    /// Whether the manager, or we, have had enough of it.
    var isStopping: Bool { machine.isStopping }
    /// Whether the kernel has killed a process of it for want of memory.
    var hasRunOutOfMemory: Bool { machine.hasRunOutOfMemory }

    /// Learns from the Engine how the container ends, over as many daemons as that takes.
    private func follow(_ wait: ContainerWait, _ signals: SignalRelay) {
        background { [weak self, client, container, removal] in
            var wait: ContainerWait? = wait
            while let current = wait {
                let session = client.daemon.session
                do throws(EngineError) {
                    let code = try await current.exitCode()
                    guard await self?.isRestarted(signals) == false else { return }
                    if removal { try await client.remove(container.id) }
                    self?.handle(.engineReported(code))
                    return
                } catch {
                    guard !Task.isCancelled else { return }
                    client.daemon.lost(session)
                }
                wait = await self?.waitAnew(after: session)
            }
        }
    }

    /// Asks to be told of the end once more when the Engine is back; `nil` where it has ended meanwhile.
    private func waitAnew(after session: DaemonWatch.Session) async -> ContainerWait? {
        var session = session
        while (try? await client.daemon.back(after: session)) != nil {
            session = client.daemon.session
            do throws(EngineError) {
                // The wait stands before we look, so that no end falls between them.
                let wait = try await client.wait(
                    container.id, until: container.hostConfig.removesItself ? .removed : .notRunning)
                let found = try await client.inspect(container.id)
                if found.state.isRunning { return wait }
                if removal || found.hostConfig.removesItself { try await client.remove(container.id) }
                handle(.engineReported(found.state.exitCode))
                return nil
            } catch {
                guard error.isNotFound else { continue }
                handle(.engineReported(nil))
                return nil
            }
        }
        return nil
    }

    /// The one place that tells the state machine when the daemon is away and when it is back.
    private func daemonChanged(_ state: DaemonWatch.State) {
        switch state {
        case .away:
            signs.noteGone()
            handle(.engineLost)
        case .here:
            signs.clear()
            handle(.engineReturned)
        }
    }

    func handle(_ event: Event) {
        for effect in machine.handle(event) { perform(effect) }
    }

    func report(_ level: Diagnostics.Level, _ text: String) { diagnostics.write(level, text) }

    private func perform(_ effect: Effect) {
        switch effect {
        case .send(let signal):
            send(signal)
        case .announceStopping:
            Notification.stopping()
            Notification.status("stopping")
        case .startStopTimer(let time):
            after(time) { $0.handle(.stopTimedOut) }
        case .startEndTimer:
            after(Self.timeout) { $0.handle(.endTimedOut) }
        case .finish(let status):
            over.resume(.success(.ended(status)))
        case .finishUnknown:
            over.resume(.success(.ended(nil)))
        case .notify(let fields):
            Notification.send(fields)
            if fields.contains("READY=1") { listenLess() }
        case .show(let condition):
            Notification.status(
                condition.sentence(of: name, retries: container.config.healthcheck?.effectiveRetries ?? 0))
        case .report(let report):
            let line = report.line(of: name, check: lastCheck ?? "Docker does not say why")
            diagnostics.write(line.level, line.text)
        case .announceReload:
            Notification.reloading()
        case .runReloadCommand:
            reload()
        case .startWatchdogTimer(let time):
            // The former one has run out.
            watchdog = timer(time) { $0.handle(.watchdogDue) }
        }
    }

    private func after(_ time: Duration, _ body: @escaping (Supervisor) -> Void) {
        if let timer = timer(time, body) { sources.append(timer) }
    }

    private func timer(_ time: Duration, _ body: @escaping (Supervisor) -> Void) -> EventSource? {
        do throws(SystemError) {
            return try EventLoop.shared.after(time) { [weak self] in
                if let self { body(self) }
            }
        } catch {
            diagnostics.warning("set a timer: \(error)")
            return nil
        }
    }

    private func send(_ signal: Signal) {
        if let process {
            do throws(SystemError) {
                return try process.send(signal)
            } catch {
                if error.isNotFound { return }  // It ended meanwhile; the pidfd tells.
                // Not allowed, where we are not root: the daemon is.
            }
        }
        sendsByEngine = true
        background { [weak self, client, container] in
            do throws(EngineError) {
                try await client.kill(container.id, signal)
            } catch {
                guard !error.isConflict, !error.isNotFound else { return }
                self?.diagnostics.warning("send \(signal) to the container: \(error)")
            }
        }
    }
}
