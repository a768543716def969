// SPDX-License-Identifier: Apache-2.0

public import Linux

/// The life of a started container as its supervisor sees it: events in, effects out; no clock, no I/O.
///
/// Three sources report a container's end: the kernel (pidfd), the Engine (its wait), and the output (its end of file).
/// They report in any order, and some may never report. It is over once all have reported that will.
public struct StateMachine: Sendable {
    /// The exit status for a container that was stopped because it was unhealthy: EX_UNAVAILABLE of sysexits.h.
    public static let unhealthyStatus = ExitStatus.exited(69)
    /// The stop timeout of `docker stop`.
    private static let defaultStopTimeout = Duration.seconds(10)

    private struct Ending: Sendable, Equatable {
        var fromKernel: ExitStatus?
        var fromEngine: Int?
        var engineReported = false
        /// The Engine is away: what it has to remove it removes once it is back.
        var engineLost = false
        var processEnded: Bool
        var outputEnded: Bool
        /// What has not been reported by now is not waited for.
        var isTimedOut = false
    }

    private enum State: Sendable, Equatable {
        case running(engineLost: Bool, outputEnded: Bool)
        case ending(Ending)
        case over
    }

    private let configuration: Configuration
    private var state: State
    private var service: Service
    private var isStoppedAsUnhealthy = false
    /// The signals that have asked the container to end, in order.
    private var requests: [Signal] = []
    /// How many times SIGINT or SIGTERM was received.
    private var interruptions = 0
    /// From a person, this many kill the container, as with docker's client.
    private static let killingInterruptions = 3

    public init(_ configuration: Configuration) {
        self.configuration = configuration
        state = .running(engineLost: false, outputEnded: !configuration.copiesOutput)
        service = Service(configuration)
    }

    /// Whether the container is asked to end, by the manager or by us.
    public var isStopping: Bool { service.isStopping }
    /// Whether the kernel has killed a process of the container because memory was short.
    public var hasRunOutOfMemory: Bool { service.hasRunOutOfMemory }

    /// Handles an event.
    ///
    /// - Parameter event: What has happened.
    /// - Returns: What to do, in order.
    public mutating func handle(_ event: Event) -> [Effect] {
        // Late events of a container that is over.
        if state == .over { return [] }
        switch event {
        case .begun: return service.begin()
        case .notified(let fields): return service.notified(fields)
        case .health(let health): return handle(health)
        case .paused(let isPaused): return service.pause(isPaused)
        case .reloaded(let failure): return service.reloaded(failure: failure)
        // While it ends as well: Docker may need longer for the removal than WatchdogSec=.
        case .watchdogDue: return service.watchdogIsDue()
        case .ranOutOfMemory: return service.runOutOfMemory()
        case .signaled(.hangup): return advance(event) + service.hangUp()
        case .routed(.hangup, _): return (service.relaysHangup ? advance(event) : []) + service.hungUp()
        case .signaled, .routed, .processEnded, .engineReported, .engineLost, .engineReturned, .outputEnded,
            .stopTimedOut, .endTimedOut:
            return advance(event)
        }
    }

    private mutating func handle(_ health: Health) -> [Effect] {
        guard case .running = state, !service.isStopping else { return [] }
        let wasReady = service.isReady
        let effects = service.handle(health)
        guard let action = service.action(for: health) else { return effects }
        isStoppedAsUnhealthy = true
        service.stop()
        let report = !wasReady && configuration.readyCondition == .healthy ? [Effect.report(.neverHealthy)] : []
        let end: [Effect] =
            action == .kill
            ? [.send(.kill)]
            : [
                .send(configuration.stopSignal),
                .startStopTimer(configuration.stopTimeout ?? Self.defaultStopTimeout),
            ]
        return effects + report + [.announceStopping] + end
    }

    /// Handles what concerns the container's processes.
    private mutating func advance(_ event: Event) -> [Effect] {
        switch (state, event) {
        case (.running, .signaled(let signal)):
            return record(signal)
        case (.ending(var ending), .signaled(let signal)):
            // The container may have died of it before we handled the signal: that end was asked for.
            guard record(signal).contains(.send(.kill)) else { return [] }
            // The process has ended already, and a person does not want to wait for the rest.
            ending.isTimedOut = true
            return settle(ending)
        case (.running, .routed(let signal, let reachedContainer)):
            return relay(signal, reachedContainer: reachedContainer)
        case (.running, .stopTimedOut):
            return [.send(.kill)]
        case (.running(let engineLost, _), .outputEnded):
            // A program may close its output and continue to run.
            state = .running(engineLost: engineLost, outputEnded: true)
            return []
        case (.running(_, let outputEnded), .engineLost):
            guard configuration.watchesProcess else {
                return begin(Ending(engineLost: true, processEnded: true, outputEnded: outputEnded))
            }
            // The container may run without the daemon (live-restore); the kernel will report its end.
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
                    fromEngine: code, engineReported: true, processEnded: !configuration.watchesProcess,
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
        case (.ending(var ending), .endTimedOut):
            ending.isTimedOut = true
            return settle(ending)
        case (.ending(var ending), .engineLost):
            ending.engineLost = true
            return settle(ending)
        case (.ending(var ending), .engineReturned):
            ending.engineLost = false
            return settle(ending)

        // Signals cannot reach the container any more, and its timers are out of date.
        case (.ending, .routed), (.ending, .stopTimedOut), (.running, .endTimedOut):
            return []
        // Late events of a container that is over, and events that do not concern its processes.
        case (.over, _),
            (_, .begun), (_, .notified), (_, .health), (_, .paused), (_, .reloaded), (_, .watchdogDue),
            (_, .ranOutOfMemory):
            return []
        }
    }

    /// Records a signal that asks the container to end.
    ///
    /// The first SIGTERM begins the stop; further ones mean nothing new. systemd sends one after each ExecStop=, and again
    /// to the rest of a unit once its main process has ended (systemd.kill(5)), and has SIGKILL for what takes too long.
    /// With SIGABRT the manager ends a service whose watchdog has expired; a PID 1 without a handler ignores it.
    private mutating func record(_ signal: Signal) -> [Effect] {
        guard [.terminate, .interrupt, .quit, .hangup, .abort].contains(signal) else { return [] }
        if signal == .terminate || signal == .interrupt { interruptions &+= 1 }
        if configuration.isInTerminal, interruptions >= Self.killingInterruptions { return [.send(.kill)] }
        if requests.contains(signal) { return [] }
        requests.append(signal)
        guard signal == .terminate || signal == .abort else { return [] }
        service.stop()
        let timeout = configuration.stopTimeout ?? (signal == .abort ? Self.defaultStopTimeout : nil)
        return [.announceStopping] + (timeout.map { [.startStopTimer($0)] } ?? [])
    }

    private func relay(_ signal: Signal, reachedContainer: Bool) -> [Effect] {
        // During a stop SIGINT makes many programs exit without saving; in a unit it is TimeoutStopSec= that limits a
        // stop.
        if signal == .interrupt, service.isStopping, !configuration.isInTerminal { return [] }
        let wanted = signal == .terminate ? configuration.stopSignal : signal
        // SIGTERM may have reached the container, but not a stop signal that is another one.
        return reachedContainer && wanted == signal ? [] : [.send(wanted)]
    }

    private mutating func begin(_ ending: Ending) -> [Effect] {
        let effects = settle(ending)
        guard case .ending = state else { return effects }
        return effects + [.startEndTimer]
    }

    private mutating func settle(_ ending: Ending) -> [Effect] {
        // The Engine's report is needed for the exit status if the kernel does not know it, and for the removal. While
        // the Engine is away the unit must not seem to run, so a removal that it does by itself is not waited for.
        let needsRemoval =
            configuration.removesContainer && !(configuration.engineRemovesContainer && ending.engineLost)
        let needsEngine = needsRemoval || ending.fromKernel == nil
        let isComplete =
            ending.processEnded && ending.outputEnded && (!needsEngine || ending.engineReported)
        guard isComplete || ending.isTimedOut else {
            state = .ending(ending)
            return []
        }
        state = .over
        guard let status = ending.fromKernel ?? ending.fromEngine.map(translate(code:)) else {
            return [.finishUnknown]
        }
        let isEarly = !service.isReady && configuration.readyCondition != .started && !service.isStopping
        // A stop that the manager has asked for is a clean end, even of an unhealthy container.
        let end = isStoppedAsUnhealthy && !requests.contains(.terminate) ? Self.unhealthyStatus : translate(status)
        return (isEarly ? [.report(.endedBeforeReady)] : []) + [.finish(end)]
    }

    /// For the Engine death by SIGKILL is exit code 137, which a program may use as well.
    private func translate(code: Int) -> ExitStatus {
        code == 137 && service.hasRunOutOfMemory
            ? .signaled(.kill) : .exited(UInt8(truncatingIfNeeded: code))
    }

    /// Turns an end that was asked for into death by the signal that asked for it.
    ///
    /// The manager regards death by the signal that it sent as a clean end (systemd.service(5), SuccessExitStatus=). But a
    /// shell as PID 1 turns its child's death by signal S into exit code 128+S, and a container that was stopped by its
    /// own stop signal has died of another one than the manager's.
    private func translate(_ status: ExitStatus) -> ExitStatus {
        let stopSignals = requests.contains(.terminate) ? [configuration.stopSignal] : []
        let signal: Signal? =
            switch status {
            case .signaled(let signal): signal
            case .exited(let code): (requests + stopSignals).first { Int32(code) == 128 + $0.rawValue }
            }
        guard let signal else { return status }
        if stopSignals.contains(signal) { return .signaled(.terminate) }
        return .signaled(signal)
    }
}
