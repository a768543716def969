// SPDX-License-Identifier: Apache-2.0

public import Linux

/// The life of a started container as its supervisor sees it: events in, effects out; no clock, no I/O.
///
/// A container's end has three witnesses: the kernel (pidfd), the Engine (its wait), and the output (its end of file).
/// They come in any order, and some may not come at all; only when all that will come have come is it over.
public struct StateMachine: Sendable {
    /// What is fixed about this container when its supervision begins.
    public struct Terms: Sendable, Equatable {
        /// What asks it to stop: `--stop-signal`, else the image's, else SIGTERM.
        public var stopSignal: Signal
        /// Microseconds from being asked to stop until SIGKILL; `nil` leaves that to the service manager.
        public var stopTimeout: UInt64?
        /// Whether it must be gone from the Engine before we may go.
        public var removesContainer: Bool
        /// Whether the Engine removes it without being asked, if need be when it is back.
        public var removesItself = false
        /// Whether there is a pidfd: then its end is awaited, and may tell the exit status.
        public var watchesProcess: Bool
        /// Whether its output comes through us.
        public var copiesOutput: Bool
        /// What makes it ready.
        public var readyCondition = ReadyCondition.started
        /// Microseconds from one check of its health to the end of the next, at most.
        public var timeOfCheck: UInt64 = 0
        public var onUnhealthy = UnhealthyAction.none
        /// Microseconds without a ping that the manager lets pass (`WatchdogSec=`); `nil` where it wants none.
        public var watchdog: UInt64?
        /// Whether a command takes the place of SIGHUP.
        public var hasReloadCommand = false
        /// Whether a person in a terminal sends the signals, not a service manager: the third SIGINT or SIGTERM ends the
        /// container at once, as it ends docker's client.
        public var isInTerminal = false

        public init(
            stopSignal: Signal = .terminate, stopTimeout: UInt64? = nil, removesContainer: Bool = false,
            watchesProcess: Bool = true, copiesOutput: Bool = true
        ) {
            self.stopSignal = stopSignal
            self.stopTimeout = stopTimeout
            self.removesContainer = removesContainer
            self.watchesProcess = watchesProcess
            self.copiesOutput = copiesOutput
        }
    }

    public enum Event: Sendable, Equatable {
        /// We were sent a signal; whether others were sent it as well is found out next.
        case signaled(Signal)
        /// It is known to whom that signal went: with `KillMode=control-group` the manager sends it to the container's
        /// processes as well, and then they have it already.
        case addressed(Signal, reachedContainer: Bool)
        /// The kernel says that PID 1 of the container has ended, and how, if it knows (Linux 6.15).
        case processEnded(ExitStatus?)
        /// The Engine says that the container has ended (with `--rm`: that it is removed), with its exit code, if it
        /// still knows it.
        case engineReported(Int?)
        /// The Engine has hung up and tells no more, before it is back.
        case engineLost
        /// The Engine is back, and the container runs.
        case engineReturned
        /// The last byte of output is out.
        case outputEnded
        /// The stop timer has run out.
        case stopTimedOut
        /// The patience timer has run out.
        case patienceEnded
        /// Supervision begins: the container runs.
        case begun
        /// The container has told the manager something that it may.
        case told([String])
        /// The Engine says how well it is.
        case health(Health)
        /// The kernel has killed a process of it, for there was no memory left that it may have.
        case ranOutOfMemory
        /// Somebody has frozen its processes, or has let them go on.
        case paused(Bool)
        /// The reload command has ended; `failure` says why in vain.
        case reloaded(failure: String?)
        /// The watchdog timer has run out.
        case watchdogDue
    }

    public enum Effect: Sendable, Equatable {
        /// Send a signal to PID 1 of the container.
        case send(Signal)
        /// Tell the manager that we are stopping.
        case announceStopping
        /// ``Event/stopTimedOut`` after so many microseconds.
        case startStopTimer(microseconds: UInt64)
        /// ``Event/patienceEnded`` after a while: something that should come may not come.
        case startPatienceTimer
        /// It is over: end as the container ended.
        case finish(ExitStatus)
        /// It is over, and nobody could say how the container ended.
        case finishUnknown
        /// Pass these fields on to the manager (sd_notify(3)).
        case tell([String])
        /// Show what the container is doing.
        case show(Condition)
        /// Write a line to the journal.
        case report(Report)
        /// Tell the manager that a reload begins.
        case announceReload
        /// Run the reload command: ``Event/reloaded(failure:)``.
        case runReloadCommand
        /// ``Event/watchdogDue`` after so many microseconds.
        case startWatchdogTimer(microseconds: UInt64)
    }

    /// How a container ends for us that was stopped because it was unhealthy: EX_UNAVAILABLE of sysexits.h.
    public static let unhealthyStatus = ExitStatus.exited(69)
    /// What a container gets to stop in where nobody said: docker stop's own 10 s.
    private static let defaultStopTimeout: UInt64 = 10_000_000

    private struct Ending: Sendable, Equatable {
        var fromKernel: ExitStatus?
        var fromEngine: Int?
        var engineReported = false
        /// It is away: whatever it has to remove, it will remove when it is back.
        var engineLost = false
        var processEnded: Bool
        var outputEnded: Bool
        var isImpatient = false
    }

    private enum State: Sendable, Equatable {
        case running(engineLost: Bool, outputEnded: Bool)
        case ending(Ending)
        case over
    }

    private let terms: Terms
    private var state: State
    private var service: Service
    /// It is stopped because it is unhealthy.
    private var isGivenUp = false
    /// The signals that asked the container to end, in order.
    private var requests: [Signal] = []
    /// How many SIGINT and SIGTERM have come.
    private var interruptions = 0
    /// So many end the container at once where a person sends them, as docker's client has it.
    private static let mostInterruptions = 3

    public init(_ terms: Terms) {
        self.terms = terms
        state = .running(engineLost: false, outputEnded: !terms.copiesOutput)
        service = Service(terms)
    }

    /// Whether somebody wants the container to end, be it the manager or we.
    public var isStopping: Bool { service.isStopping }
    /// Whether the kernel has killed a process of it for want of memory.
    public var hasRunOutOfMemory: Bool { service.hasRunOutOfMemory }

    /// Takes what has happened, and returns what is to be done, in order.
    public mutating func handle(_ event: Event) -> [Effect] {
        // Late news of what is over.
        if state == .over { return [] }
        switch event {
        case .begun: return service.begin()
        case .told(let fields): return service.pass(fields)
        case .health(let health): return take(health)
        case .paused(let isPaused): return service.pause(isPaused)
        case .reloaded(let failure): return service.reloaded(failure: failure)
        // While it ends as well: Docker may need longer for the removal than the manager's patience lasts.
        case .watchdogDue: return service.watchdogIsDue()
        case .ranOutOfMemory: return service.runOutOfMemory()
        case .signaled(.hangup): return live(event) + service.hangUp()
        case .addressed(.hangup, _): return (service.relaysHangup ? live(event) : []) + service.hungUp()
        case .signaled, .addressed, .processEnded, .engineReported, .engineLost, .engineReturned, .outputEnded,
            .stopTimedOut, .patienceEnded:
            return live(event)
        }
    }

    /// What the Engine says of its health, and what that does to its life.
    private mutating func take(_ health: Health) -> [Effect] {
        guard case .running = state, !service.isStopping else { return [] }
        let wasReady = service.isReady
        let effects = service.take(health)
        guard let action = service.end(after: health) else { return effects }
        isGivenUp = true
        service.stop()
        let report = !wasReady && terms.readyCondition == .healthy ? [Effect.report(.neverHealthy)] : []
        let end: [Effect] =
            action == .kill
            ? [.send(.kill)]
            : [
                .send(terms.stopSignal),
                .startStopTimer(microseconds: terms.stopTimeout ?? Self.defaultStopTimeout),
            ]
        return effects + report + [.announceStopping] + end
    }

    /// The life of the container's processes.
    private mutating func live(_ event: Event) -> [Effect] {
        switch (state, event) {
        case (.running, .signaled(let signal)):
            return record(signal)
        case (.ending(var ending), .signaled(let signal)):
            // The container may have died of it before we could even look: that was asked for.
            guard record(signal).contains(.send(.kill)) else { return [] }
            // It is over already, and a person does not want to wait for the rest of it.
            ending.isImpatient = true
            return settle(ending)
        case (.running, .addressed(let signal, let reachedContainer)):
            return relay(signal, reachedContainer: reachedContainer)
        case (.running, .stopTimedOut):
            return [.send(.kill)]
        case (.running(let engineLost, _), .outputEnded):
            // A program may close its output and live on.
            state = .running(engineLost: engineLost, outputEnded: true)
            return []
        case (.running(_, let outputEnded), .engineLost):
            guard terms.watchesProcess else {
                return begin(Ending(engineLost: true, processEnded: true, outputEnded: outputEnded))
            }
            // The container may well live on without the daemon (live-restore); the kernel will tell.
            state = .running(engineLost: true, outputEnded: outputEnded)
            return []
        case (.running(_, let outputEnded), .engineReturned):
            state = .running(engineLost: false, outputEnded: outputEnded)
            return []
        case (.running(let engineLost, let outputEnded), .processEnded(let status)):
            return begin(
                Ending(fromKernel: status, engineLost: engineLost, processEnded: true, outputEnded: outputEnded))
        case (.running(_, let outputEnded), .engineReported(let code)):
            return begin(
                Ending(
                    fromEngine: code, engineReported: true, processEnded: !terms.watchesProcess,
                    outputEnded: outputEnded))

        case (.ending(var ending), .processEnded(let status)):
            ending.processEnded = true
            ending.fromKernel = status
            return settle(ending)
        case (.ending(var ending), .engineReported(let code)):
            ending.fromEngine = code
            ending.engineReported = true
            return settle(ending)
        case (.ending(var ending), .outputEnded):
            ending.outputEnded = true
            return settle(ending)
        case (.ending(var ending), .patienceEnded):
            ending.isImpatient = true
            return settle(ending)
        case (.ending(var ending), .engineLost):
            ending.engineLost = true
            return settle(ending)
        case (.ending(var ending), .engineReturned):
            ending.engineLost = false
            return settle(ending)

        // The container is beyond signals, and timers that were set for it have lost their sense.
        case (.ending, .addressed), (.ending, .stopTimedOut), (.running, .patienceEnded):
            return []
        // Late news of what is over, and what is no news of its life.
        case (.over, _),
            (_, .begun), (_, .told), (_, .health), (_, .paused), (_, .reloaded), (_, .watchdogDue),
            (_, .ranOutOfMemory):
            return []
        }
    }

    /// Remembers what asked the container to end.
    ///
    /// The first SIGTERM begins the stop. More of them say nothing new: systemd sends one after each ExecStop=, and again
    /// to what is left of a unit once its main process is gone (systemd.kill(5)). It has SIGKILL for what takes too long.
    /// SIGABRT is how the manager ends a service whose watchdog was not heard; a PID 1 that has no handler for it does not
    /// even notice.
    private mutating func record(_ signal: Signal) -> [Effect] {
        guard [.terminate, .interrupt, .quit, .hangup, .abort].contains(signal) else { return [] }
        if signal == .terminate || signal == .interrupt { interruptions &+= 1 }
        if terms.isInTerminal, interruptions >= Self.mostInterruptions { return [.send(.kill)] }
        if requests.contains(signal) { return [] }
        requests.append(signal)
        guard signal == .terminate || signal == .abort else { return [] }
        service.stop()
        let timeout = terms.stopTimeout ?? (signal == .abort ? Self.defaultStopTimeout : nil)
        return [.announceStopping] + (timeout.map { [.startStopTimer(microseconds: $0)] } ?? [])
    }

    private func relay(_ signal: Signal, reachedContainer: Bool) -> [Effect] {
        // Beside a stop it says nothing but impatience, at which many programs save nothing; in a unit that is for
        // TimeoutStopSec= to say.
        if signal == .interrupt, service.isStopping, !terms.isInTerminal { return [] }
        let wanted = signal == .terminate ? terms.stopSignal : signal
        // Whoever wants another signal than SIGTERM to stop has not had it yet, though SIGTERM came through.
        return reachedContainer && wanted == signal ? [] : [.send(wanted)]
    }

    private mutating func begin(_ ending: Ending) -> [Effect] {
        let effects = settle(ending)
        guard case .ending = state else { return effects }
        return effects + [.startPatienceTimer]
    }

    private mutating func settle(_ ending: Ending) -> [Effect] {
        // The Engine is asked for the status where the kernel does not tell it, and for the removal. While it is away
        // the unit must not be said to run, so what it removes by itself is left to it.
        let needsRemoval = terms.removesContainer && !(terms.removesItself && ending.engineLost)
        let needsEngine = needsRemoval || ending.fromKernel == nil
        let isComplete =
            ending.processEnded && ending.outputEnded && (!needsEngine || ending.engineReported)
        guard isComplete || ending.isImpatient else {
            state = .ending(ending)
            return []
        }
        state = .over
        guard let status = ending.fromKernel ?? ending.fromEngine.map(translate(code:)) else {
            return [.finishUnknown]
        }
        let isEarly = !service.isReady && terms.readyCondition != .started && !service.isStopping
        // Whoever is asked to stop by the manager ends as asked, though it was unhealthy.
        let end = isGivenUp && !requests.contains(.terminate) ? Self.unhealthyStatus : translate(status)
        return (isEarly ? [.report(.endedBeforeReady)] : []) + [.finish(end)]
    }

    /// All that the Engine can tell of a death by SIGKILL is an exit code that a program might choose as well.
    private func translate(code: Int) -> ExitStatus {
        code == 137 && service.hasRunOutOfMemory
            ? .signaled(.kill) : .exited(UInt8(truncatingIfNeeded: code))
    }

    /// Makes an end that was asked for look like one.
    ///
    /// The manager counts death by the signal it sent as a clean end (systemd.service(5), SuccessExitStatus=). A shell
    /// as PID 1 turns its child's death by S into exit 128+S, and a container that was stopped by its own stop signal
    /// has died by another one than the manager sent.
    private func translate(_ status: ExitStatus) -> ExitStatus {
        let asWished = requests.contains(.terminate) ? [terms.stopSignal] : []
        let signal: Signal? =
            switch status {
            case .signaled(let signal): signal
            case .exited(let code): (requests + asWished).first { Int32(code) == 128 + $0.rawValue }
            }
        guard let signal else { return status }
        if asWished.contains(signal) { return .signaled(.terminate) }
        return .signaled(signal)
    }
}
