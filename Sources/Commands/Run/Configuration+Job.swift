// SPDX-License-Identifier: Apache-2.0

internal import Engine
internal import Linux
internal import RunOptions
internal import Supervision
internal import Systemd

extension Configuration {
    /// What supervision has to know of a run and its container.
    ///
    /// - Parameters:
    ///   - job: What was asked for.
    ///   - launched: The container.
    ///   - hasProxy: It has a socket for its messages to the manager.
    @LoopActor
    init(_ job: Job, _ launched: Launched, hasProxy: Bool) {
        let (container, wrapper) = (launched.container, job.wrapper)
        self.init(
            stopSignal: container.config.stopSignal.flatMap(Signal.init(named:)) ?? .terminate,
            // A negative time means for ever, as docker stop has it. A timer cannot take every positive one.
            stopTimeout: container.config.stopTimeout.flatMap { $0 < 0 ? nil : .seconds(min($0, 1 << 40)) },
            removesContainer: job.options.removesOnExit, watchesProcess: launched.process != nil,
            copiesOutput: launched.output != nil)
        engineRemovesContainer = container.hostConfig.removesItself
        readyCondition =
            switch wrapper.readyCondition {
            case .started: .started
            // The socket of a container that ran before us is its former wrapper's: it cannot tell us any more.
            case .notify: hasProxy ? .notify : .started
            case .healthy: .healthy
            }
        onUnhealthy =
            switch wrapper.onUnhealthy {
            case .none: .none
            case .stop: .stop
            case .kill: .kill
            }
        // A daemon that is busy takes its time for each check.
        healthCheckInterval = (container.config.healthcheck?.longestRound ?? .zero) + .seconds(10)
        watchdogTimeout = Notification.watchdog
        hasReloadCommand = !wrapper.reloadCommand.isEmpty
        isInTerminal = job.unit == nil
    }
}
