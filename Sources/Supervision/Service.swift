// SPDX-License-Identifier: Apache-2.0

/// What makes a started container count as ready.
public enum ReadyCondition: Sendable, Equatable {
    /// It runs.
    case started
    /// It has said so itself.
    case notify
    /// Its HEALTHCHECK has succeeded.
    case healthy
}

/// What the container is doing, as `systemctl status` shows it.
public enum Condition: Sendable, Equatable {
    /// It has not said yet that it is ready.
    case waitingForMessage
    /// It is not healthy yet; so many checks in a row have failed.
    case waitingForHealth(failures: Int)
    /// It runs, and may say itself how it is.
    case running(Health.Status?)
    /// It runs, and has lost a process for want of memory.
    case runningOutOfMemory
    /// Its processes are frozen.
    case paused
    case reloading
    /// It runs as before a reload that came to nothing.
    case reloadFailed(String)
}

/// What is worth a line in the journal.
public enum Report: Sendable, Equatable {
    /// It has turned unhealthy before it was ready, and is stopped.
    case neverHealthy
    /// It has turned unhealthy; what is done about it.
    case unhealthy(UnhealthyAction)
    case healthyAgain
    case reloadFailed(String)
    case ranOutOfMemory
    /// It ended before it was ready.
    case endedBeforeReady
}

/// What the manager is told of a container as long as it runs: whether it is ready, well, and alive.
struct Service: Sendable {
    private let terms: StateMachine.Terms
    private(set) var isReady = false
    /// It runs, as far as we know.
    private var hasBegun = false
    private(set) var isStopping = false
    private var isPaused = false
    private(set) var hasRunOutOfMemory = false
    private var health: Health?
    private var reload: Reload
    private var watchdog: Watchdog
    /// The last STATUS= of the container itself.
    private var ownStatus: String?
    private var shown: Shown?

    private enum Shown: Sendable, Equatable {
        case ours(Condition)
        case own(String)
    }

    init(_ terms: StateMachine.Terms) {
        self.terms = terms
        reload = Reload(terms.hasReloadCommand ? .command : terms.readyCondition == .notify ? .container : .signal)
        watchdog = Watchdog(patience: terms.watchdog)
    }

    /// Whether a SIGHUP is the container's.
    var relaysHangup: Bool { reload.way != .command || isStopping }

    // MARK: Events

    mutating func begin() -> [StateMachine.Effect] {
        hasBegun = true
        return watchdog.update(vouches: vouches)
            + (terms.readyCondition == .started ? becomeReady() : extendStart() + refresh())
    }

    /// The container's own message.
    mutating func pass(_ fields: [String]) -> [StateMachine.Effect] {
        var effects = [StateMachine.Effect.tell(fields)]
        if let status = fields.last(where: { $0.hasPrefix("STATUS=") }) {
            ownStatus = String(status.dropFirst("STATUS=".count))
            shown = ownStatus.map(Shown.own)
        }
        if fields.contains("READY=1"), !isReady {
            isReady = true
            effects += reload.becameReady()
        }
        return effects + refresh()
    }

    mutating func take(_ health: Health) -> [StateMachine.Effect] {
        let former = self.health
        self.health = health
        guard isReady || terms.readyCondition != .healthy else {
            if health.status == .healthy { return becomeReady() }
            // Another check has come to its end: there is progress, and the Engine will not let it go on for ever.
            return (health.lastCheck != former?.lastCheck ? extendStart() : []) + refresh()
        }
        var effects: [StateMachine.Effect] = []
        if health.status != former?.status {
            if health.status == .unhealthy { effects.append(.report(.unhealthy(terms.onUnhealthy))) }
            if health.status == .healthy, former?.status == .unhealthy { effects.append(.report(.healthyAgain)) }
        }
        return effects + watchdog.update(vouches: vouches) + refresh()
    }

    /// How a container that is unhealthy now has to end; `nil` where it may go on.
    func end(after health: Health) -> UnhealthyAction? {
        guard health.status == .unhealthy else { return nil }
        let isStarting = !isReady && terms.readyCondition == .healthy
        switch terms.onUnhealthy {
        case .none: return isStarting ? .stop : nil
        case .stop, .kill: return terms.onUnhealthy
        }
    }

    mutating func pause(_ isPaused: Bool) -> [StateMachine.Effect] {
        self.isPaused = isPaused
        return watchdog.update(vouches: vouches) + refresh()
    }

    mutating func hangUp() -> [StateMachine.Effect] {
        guard !isStopping else { return [] }
        return reload.begin(isReady: isReady) + refresh()
    }

    /// The SIGHUP has been passed on.
    mutating func hungUp() -> [StateMachine.Effect] { reload.signaled() + refresh() }

    mutating func reloaded(failure: String?) -> [StateMachine.Effect] {
        let effects = reload.ended(failure: failure)
        return isStopping ? [] : effects + refresh()
    }

    /// One process after the other may be killed: one line tells what there is to know.
    mutating func runOutOfMemory() -> [StateMachine.Effect] {
        guard !hasRunOutOfMemory else { return [] }
        hasRunOutOfMemory = true
        return [.report(.ranOutOfMemory)] + refresh()
    }

    mutating func watchdogIsDue() -> [StateMachine.Effect] { watchdog.isDue(vouches: vouches) }

    mutating func stop() { isStopping = true }

    // MARK: What follows

    /// Whether the manager may take it that the container is alive.
    ///
    /// A pause is somebody's wish, and a short one where Docker makes it for itself (`docker commit`): a service that
    /// is frozen cannot ping, and no check of its health takes place.
    private var vouches: Bool {
        isPaused || terms.readyCondition != .notify && health?.status != .unhealthy
    }

    private mutating func becomeReady() -> [StateMachine.Effect] {
        isReady = true
        return [.tell(["READY=1"])] + reload.becameReady() + refresh()
    }

    /// Time for one more check.
    private func extendStart() -> [StateMachine.Effect] {
        guard terms.readyCondition == .healthy else { return [] }
        return [.tell(["EXTEND_TIMEOUT_USEC=\(terms.timeOfCheck)"])]
    }

    private mutating func refresh() -> [StateMachine.Effect] {
        guard hasBegun, !isStopping else { return [] }
        let wanted: Shown
        switch condition {
        case .waitingForMessage, .running(nil), .running(.starting), .running(.healthy):
            wanted = ownStatus.map(Shown.own) ?? .ours(condition)
        case .waitingForHealth, .running(.unhealthy), .runningOutOfMemory, .paused, .reloading, .reloadFailed:
            wanted = .ours(condition)
        }
        guard wanted != shown else { return [] }
        shown = wanted
        switch wanted {
        case .ours(let condition): return [.show(condition)]
        case .own(let status): return [.tell(["STATUS=\(status)"])]
        }
    }

    private var condition: Condition {
        if isPaused { return .paused }
        guard isReady else {
            return terms.readyCondition == .healthy
                ? .waitingForHealth(failures: health?.failures ?? 0) : .waitingForMessage
        }
        if reload.isRunning { return .reloading }
        if health?.status == .unhealthy { return .running(.unhealthy) }
        if let failure = reload.failure { return .reloadFailed(failure) }
        if hasRunOutOfMemory { return .runningOutOfMemory }
        return .running(health?.status)
    }
}
