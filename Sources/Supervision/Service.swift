// SPDX-License-Identifier: Apache-2.0

internal import Linux

/// What the manager is told about a container while it runs: whether it is ready, healthy and alive.
struct Service: Sendable {
    private let configuration: Configuration
    private(set) var isReady = false
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

    init(_ configuration: Configuration) {
        self.configuration = configuration
        reload = Reload(
            configuration.hasReloadCommand
                ? .command : configuration.readyCondition == .notify ? .container : .signal)
        watchdog = Watchdog(timeout: configuration.watchdogTimeout)
    }

    /// Whether the container gets SIGHUP.
    var relaysHangup: Bool { reload.method != .command || isStopping }

    // MARK: Events

    mutating func begin() -> [Effect] {
        hasBegun = true
        return watchdog.update(isAlive: isAlive)
            + (configuration.readyCondition == .started ? becomeReady() : extendStart() + refresh())
    }

    /// The container has sent a notification.
    mutating func notified(_ fields: [String]) -> [Effect] {
        var effects = [Effect.notify(fields)]
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

    mutating func handle(_ health: Health) -> [Effect] {
        let former = self.health
        self.health = health
        guard isReady || configuration.readyCondition != .healthy else {
            if health.status == .healthy { return becomeReady() }
            // Another check has ended, so there is progress; the Engine limits how often checks may fail.
            return (health.lastCheck != former?.lastCheck ? extendStart() : []) + refresh()
        }
        var effects: [Effect] = []
        if health.status != former?.status {
            if health.status == .unhealthy { effects.append(.report(.unhealthy(configuration.onUnhealthy))) }
            if health.status == .healthy, former?.status == .unhealthy { effects.append(.report(.healthyAgain)) }
        }
        return effects + watchdog.update(isAlive: isAlive) + refresh()
    }

    /// What to do about a container with this health; `nil` if it may continue to run.
    func action(for health: Health) -> UnhealthyAction? {
        guard health.status == .unhealthy else { return nil }
        let isStarting = !isReady && configuration.readyCondition == .healthy
        switch configuration.onUnhealthy {
        case .none: return isStarting ? .stop : nil
        case .stop, .kill: return configuration.onUnhealthy
        }
    }

    mutating func pause(_ isPaused: Bool) -> [Effect] {
        self.isPaused = isPaused
        return watchdog.update(isAlive: isAlive) + refresh()
    }

    /// SIGHUP was received.
    mutating func hangUp() -> [Effect] {
        guard !isStopping else { return [] }
        return reload.begin(isReady: isReady) + refresh()
    }

    /// SIGHUP was delivered to the container, or a command is run in its place.
    mutating func hungUp() -> [Effect] { reload.signaled() + refresh() }

    mutating func reloaded(failure: String?) -> [Effect] {
        let effects = reload.ended(failure: failure)
        return isStopping ? [] : effects + refresh()
    }

    /// Reported once: one process after the other may be killed.
    mutating func runOutOfMemory() -> [Effect] {
        guard !hasRunOutOfMemory else { return [] }
        hasRunOutOfMemory = true
        return [.report(.ranOutOfMemory)] + refresh()
    }

    mutating func watchdogIsDue() -> [Effect] { watchdog.isDue(isAlive: isAlive) }

    mutating func stop() { isStopping = true }

    // MARK: Consequences

    /// Whether the watchdog is to be pinged for the container.
    ///
    /// Also while it is paused: a pause is deliberate, or a short one of Docker's own (`docker commit`), and a frozen
    /// container can neither ping nor run health checks.
    private var isAlive: Bool {
        isPaused || configuration.readyCondition != .notify && health?.status != .unhealthy
    }

    private mutating func becomeReady() -> [Effect] {
        isReady = true
        return [.notify(["READY=1"])] + reload.becameReady() + refresh()
    }

    /// Extends the manager's timeout by the time of one more check.
    private func extendStart() -> [Effect] {
        guard configuration.readyCondition == .healthy else { return [] }
        return [.notify(["EXTEND_TIMEOUT_USEC=\(configuration.healthCheckInterval.microseconds)"])]
    }

    private mutating func refresh() -> [Effect] {
        guard hasBegun, !isStopping else { return [] }
        let wanted: Shown
        switch condition {
        case .waitingForReady, .running(nil), .running(.starting), .running(.healthy):
            wanted = ownStatus.map(Shown.own) ?? .ours(condition)
        case .waitingForHealth, .running(.unhealthy), .runningOutOfMemory, .paused, .reloading, .reloadFailed:
            wanted = .ours(condition)
        }
        guard wanted != shown else { return [] }
        shown = wanted
        switch wanted {
        case .ours(let condition): return [.show(condition)]
        case .own(let status): return [.notify(["STATUS=\(status)"])]
        }
    }

    private var condition: Condition {
        if isPaused { return .paused }
        guard isReady else {
            return configuration.readyCondition == .healthy
                ? .waitingForHealth(failures: health?.failures ?? 0) : .waitingForReady
        }
        if reload.isRunning { return .reloading }
        if health?.status == .unhealthy { return .running(.unhealthy) }
        if let failure = reload.failure { return .reloadFailed(failure) }
        if hasRunOutOfMemory { return .runningOutOfMemory }
        return .running(health?.status)
    }
}
