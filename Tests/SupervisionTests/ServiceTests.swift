// SPDX-License-Identifier: Apache-2.0

import Linux
import Supervision
import Testing

extension Configuration {
    /// A plain configuration with some changes.
    static func with(_ change: (inout Configuration) -> Void) -> Configuration {
        var configuration = Configuration(copiesOutput: false)
        change(&configuration)
        return configuration
    }
}

extension Life {
    private static let ready = Effect.notify(["READY=1"])
    private static let ping: [Effect] = [
        .notify(["WATCHDOG=1"]), .startWatchdogTimer(.seconds(5)),
    ]
    private static let extend = Effect.notify(["EXTEND_TIMEOUT_USEC=70"])
    private static let healthy = Configuration.with {
        $0.readyCondition = .healthy
        $0.healthCheckInterval = .microseconds(70)
    }
    private static let notify = Configuration.with { $0.readyCondition = .notify }
    private static let watched = Configuration.with { $0.watchdogTimeout = .seconds(10) }

    static let services: [Life] = [
        // Ready
        Life(
            testDescription: "started: ready as soon as it runs",
            configuration: .with { _ in },
            steps: [
                Step(.begun, [ready, .show(.running(nil))]),
                Step(.processEnded(.exited(3)), [.finish(.exited(3))]),
            ]),
        Life(
            testDescription: "out of memory, and on it goes: one line, and the status says so",
            configuration: .with { _ in },
            steps: [
                Step(.begun, [ready, .show(.running(nil))]),
                Step(.ranOutOfMemory, [.report(.ranOutOfMemory), .show(.runningOutOfMemory)]),
                Step(.ranOutOfMemory),
                Step(.processEnded(.exited(137)), [.finish(.exited(137))]),
            ]),
        Life(
            testDescription: "out of memory: what the Engine calls 137 is death by SIGKILL",
            configuration: .with { _ in },
            steps: [
                Step(.begun, [ready, .show(.running(nil))]),
                Step(.processEnded(nil), [.startEndTimer]),
                Step(.ranOutOfMemory, [.report(.ranOutOfMemory), .show(.runningOutOfMemory)]),
                Step(.engineReported(137), [.finish(.signaled(.kill))]),
            ]),
        Life(
            testDescription: "notify: its own READY counts, and its own status is shown",
            configuration: notify,
            steps: [
                Step(.begun, [.show(.waitingForReady)]),
                Step(.notified(["STATUS=loading"]), [.notify(["STATUS=loading"])]),
                Step(.notified(["EXTEND_TIMEOUT_USEC=5"]), [.notify(["EXTEND_TIMEOUT_USEC=5"])]),
                Step(.notified(["READY=1"]), [ready]),
                Step(.notified(["READY=1"]), [ready]),
            ]),
        Life(
            testDescription: "notify: without a status of its own it is called running",
            configuration: notify,
            steps: [
                Step(.begun, [.show(.waitingForReady)]), Step(.notified(["READY=1"]), [ready, .show(.running(nil))]),
            ]),
        Life(
            testDescription: "notify: dead before READY, whatever its exit status, is worth a line",
            configuration: notify,
            steps: [
                Step(.begun, [.show(.waitingForReady)]),
                Step(.processEnded(.exited(0)), [.report(.endedBeforeReady), .finish(.exited(0))]),
            ]),
        Life(
            testDescription: "notify: READY is its last word",
            configuration: notify,
            steps: [
                Step(.begun, [.show(.waitingForReady)]), Step(.notified(["READY=1"]), [ready, .show(.running(nil))]),
                Step(.processEnded(.exited(0)), [.finish(.exited(0))]),
            ]),
        Life(
            testDescription: "healthy: each check that has come to its end gives it time for another",
            configuration: healthy,
            steps: [
                Step(.begun, [extend, .show(.waitingForHealth(failures: 0))]),
                Step(.health(Health(.starting))),
                Step(.health(Health(.starting, failures: 0, lastCheck: "1")), [extend]),
                Step(.health(Health(.starting, failures: 0, lastCheck: "1"))),
                Step(
                    .health(Health(.starting, failures: 1, lastCheck: "2")),
                    [extend, .show(.waitingForHealth(failures: 1))]),
                Step(.health(Health(.healthy, lastCheck: "3")), [ready, .show(.running(.healthy))]),
            ]),
        Life(
            testDescription: "healthy: what ran before us may be healthy already",
            configuration: healthy,
            steps: [
                Step(.begun, [extend, .show(.waitingForHealth(failures: 0))]),
                Step(.health(Health(.healthy, lastCheck: "9")), [ready, .show(.running(.healthy))]),
            ]),
        Life(
            testDescription: "healthy: it becomes ready once, however often it turns healthy",
            configuration: healthy,
            steps: [
                Step(.begun, [extend, .show(.waitingForHealth(failures: 0))]),
                Step(.health(Health(.healthy, lastCheck: "1")), [ready, .show(.running(.healthy))]),
                Step(.health(Health(.healthy, lastCheck: "2"))),
                Step(
                    .health(Health(.unhealthy, failures: 3, lastCheck: "5")),
                    [.report(.unhealthy(.none)), .show(.running(.unhealthy))]),
                Step(
                    .health(Health(.healthy, lastCheck: "6")), [.report(.healthyAgain), .show(.running(.healthy))]),
            ]),
        Life(
            testDescription: "healthy: unhealthy first is a failure, however it then ends",
            configuration: healthy,
            steps: [
                Step(.begun, [extend, .show(.waitingForHealth(failures: 0))]),
                Step(
                    .health(Health(.unhealthy, failures: 3, lastCheck: "3")),
                    [
                        extend, .show(.waitingForHealth(failures: 3)), .report(.neverHealthy), .announceStopping,
                        .send(.terminate), .startStopTimer(.seconds(10)),
                    ]),
                Step(.health(Health(.healthy, lastCheck: "4"))),
                Step(.stopTimedOut, [.send(.kill)]),
                Step(.processEnded(.exited(0)), [.finish(StateMachine.unhealthyStatus)]),
            ]),
        Life(
            testDescription: "healthy: dead before that is its own exit status",
            configuration: healthy,
            steps: [
                Step(.begun, [extend, .show(.waitingForHealth(failures: 0))]),
                Step(.processEnded(.exited(4)), [.report(.endedBeforeReady), .finish(.exited(4))]),
            ]),
        Life(
            testDescription: "healthy: a stop before that is a stop",
            configuration: healthy,
            steps: [
                Step(.begun, [extend, .show(.waitingForHealth(failures: 0))]),
                Step(.signaled(.terminate), [.announceStopping]),
                Step(.routed(.terminate, reachedContainer: true)),
                Step(.health(Health(.unhealthy, failures: 3))),
                Step(.processEnded(.signaled(.terminate)), [.finish(terminated)]),
            ]),

        // Unhealthy later
        Life(
            testDescription: "it turns unhealthy and well again: a line each, and it goes on",
            configuration: .with { _ in },
            steps: [
                Step(.begun, [ready, .show(.running(nil))]),
                Step(.health(Health(.starting, failures: 1)), [.show(.running(.starting))]),
                Step(.health(Health(.healthy)), [.show(.running(.healthy))]),
                Step(
                    .health(Health(.unhealthy, failures: 3)),
                    [.report(.unhealthy(.none)), .show(.running(.unhealthy))]),
                Step(.health(Health(.unhealthy, failures: 4))),
                Step(.health(Health(.healthy)), [.report(.healthyAgain), .show(.running(.healthy))]),
                Step(.processEnded(.exited(0)), [.finish(.exited(0))]),
            ]),
        Life(
            testDescription: "--on-unhealthy stop: by its stop signal, in its time, and the unit has failed",
            configuration: .with {
                $0.onUnhealthy = .stop
                $0.stopSignal = .quit
                $0.stopTimeout = .seconds(2)
            },
            steps: [
                Step(.begun, [ready, .show(.running(nil))]),
                Step(
                    .health(Health(.unhealthy)),
                    [
                        .report(.unhealthy(.stop)), .show(.running(.unhealthy)), .announceStopping, .send(.quit),
                        .startStopTimer(.seconds(2)),
                    ]),
                Step(.processEnded(.exited(0)), [.finish(.exited(69))]),
            ]),
        Life(
            testDescription: "--on-unhealthy kill",
            configuration: .with { $0.onUnhealthy = .kill },
            steps: [
                Step(.begun, [ready, .show(.running(nil))]),
                Step(
                    .health(Health(.unhealthy)),
                    [.report(.unhealthy(.kill)), .show(.running(.unhealthy)), .announceStopping, .send(.kill)]),
                Step(.processEnded(.signaled(.kill)), [.finish(.exited(69))]),
            ]),
        Life(
            testDescription: "--on-unhealthy stop, and systemctl stop meanwhile: it was stopped",
            configuration: .with { $0.onUnhealthy = .kill },
            steps: [
                Step(.begun, [ready, .show(.running(nil))]),
                Step(
                    .health(Health(.unhealthy)),
                    [.report(.unhealthy(.kill)), .show(.running(.unhealthy)), .announceStopping, .send(.kill)]),
                Step(.signaled(.terminate), [.announceStopping]),
                Step(.processEnded(.signaled(.terminate)), [.finish(terminated)]),
            ]),
        Life(
            testDescription: "an unhealthy container shows that over its own status, and that again later",
            configuration: notify,
            steps: [
                Step(.begun, [.show(.waitingForReady)]),
                Step(.notified(["READY=1", "STATUS=serving"]), [.notify(["READY=1", "STATUS=serving"])]),
                Step(
                    .health(Health(.unhealthy)), [.report(.unhealthy(.none)), .show(.running(.unhealthy))]),
                Step(.notified(["STATUS=still"]), [.notify(["STATUS=still"]), .show(.running(.unhealthy))]),
                Step(.health(Health(.healthy)), [.report(.healthyAgain), .notify(["STATUS=still"])]),
            ]),

        // Watchdog
        Life(
            testDescription: "watchdog: a ping in half the time, until it is over",
            configuration: watched,
            steps: [
                Step(.begun, ping + [ready, .show(.running(nil))]),
                Step(.watchdogDue, ping),
                Step(.processEnded(nil), [.startEndTimer]),
                Step(.watchdogDue, ping),
                Step(.engineReported(0), [.finish(.exited(0))]),
                Step(.watchdogDue),
            ]),
        Life(
            testDescription: "watchdog: silent while it is unhealthy, and at once when it is well again",
            configuration: watched,
            steps: [
                Step(.begun, ping + [ready, .show(.running(nil))]),
                Step(
                    .health(Health(.unhealthy)), [.report(.unhealthy(.none)), .show(.running(.unhealthy))]),
                Step(.watchdogDue),
                Step(.health(Health(.healthy)), [.report(.healthyAgain)] + ping + [.show(.running(.healthy))]),
                Step(.watchdogDue, ping),
            ]),
        Life(
            testDescription: "watchdog: a pause is not its end",
            configuration: watched,
            steps: [
                Step(.begun, ping + [ready, .show(.running(nil))]),
                Step(.paused(true), [.show(.paused)]),
                Step(.paused(true)),
                Step(.watchdogDue, ping),
                Step(.paused(false), [.show(.running(nil))]),
            ]),
        Life(
            testDescription: "watchdog: in notify mode the pings are its own, but while it is paused",
            configuration: .with {
                $0.readyCondition = .notify
                $0.watchdogTimeout = .seconds(10)
            },
            steps: [
                Step(.begun, [.show(.waitingForReady)]),
                Step(.notified(["READY=1"]), [ready, .show(.running(nil))]),
                Step(.notified(["WATCHDOG=1"]), [.notify(["WATCHDOG=1"])]),
                Step(.paused(true), ping + [.show(.paused)]),
                Step(.watchdogDue, ping),
                Step(.paused(false), [.show(.running(nil))]),
                Step(.watchdogDue),
            ]),
        Life(
            testDescription: "watchdog: the manager's SIGABRT is passed on, and does not wait for ever",
            configuration: watched,
            steps: [
                Step(.begun, ping + [ready, .show(.running(nil))]),
                Step(.signaled(.abort), [.announceStopping, .startStopTimer(.seconds(10))]),
                Step(.routed(.abort, reachedContainer: false), [.send(.abort)]),
                Step(.stopTimedOut, [.send(.kill)]),
                Step(.processEnded(.signaled(.kill)), [.finish(.signaled(.kill))]),
            ]),
    ]

    static let reloads: [Life] = [
        Life(
            testDescription: "SIGHUP is a reload, done when the container has it",
            configuration: .with { _ in },
            steps: [
                Step(.begun, [ready, .show(.running(nil))]),
                Step(.signaled(.hangup), [.announceReload, .show(.reloading)]),
                Step(.routed(.hangup, reachedContainer: false), [.send(.hangup), ready, .show(.running(nil))]),
                Step(.signaled(.hangup), [.announceReload, .show(.reloading)]),
                Step(.routed(.hangup, reachedContainer: true), [ready, .show(.running(nil))]),
                // A reload before does not keep it from being looked after.
                Step(
                    .health(Health(.unhealthy)), [.report(.unhealthy(.none)), .show(.running(.unhealthy))]),
            ]),
        Life(
            testDescription: "a container that dies of SIGHUP has not been reloaded",
            configuration: .with { _ in },
            steps: [
                Step(.begun, [ready, .show(.running(nil))]),
                Step(.signaled(.hangup), [.announceReload, .show(.reloading)]),
                Step(.processEnded(.signaled(.hangup)), [.finish(.signaled(.hangup))]),
            ]),
        Life(
            testDescription: "in notify mode it says itself that it reloads",
            configuration: notify,
            steps: [
                Step(.begun, [.show(.waitingForReady)]),
                Step(.notified(["READY=1"]), [ready, .show(.running(nil))]),
                Step(.signaled(.hangup)),
                Step(.routed(.hangup, reachedContainer: false), [.send(.hangup)]),
                Step(.notified(["RELOADING=1", "MONOTONIC_USEC=7"]), [.notify(["RELOADING=1", "MONOTONIC_USEC=7"])]),
                Step(.notified(["READY=1"]), [ready]),
            ]),
        Life(
            testDescription: "SIGHUP before READY is the container's, and no reload",
            configuration: healthy,
            steps: [
                Step(.begun, [extend, .show(.waitingForHealth(failures: 0))]),
                Step(.signaled(.hangup)),
                Step(.routed(.hangup, reachedContainer: false), [.send(.hangup)]),
            ]),
        Life(
            testDescription: "SIGHUP in a stop is the container's, and no reload",
            configuration: .with { $0.hasReloadCommand = true },
            steps: [
                Step(.begun, [ready, .show(.running(nil))]),
                Step(.signaled(.terminate), [.announceStopping]),
                Step(.signaled(.hangup)),
                Step(.routed(.hangup, reachedContainer: false), [.send(.hangup)]),
                Step(.processEnded(.signaled(.terminate)), [.finish(terminated)]),
            ]),
        Life(
            testDescription: "a reload command takes the place of SIGHUP, in notify mode too",
            configuration: .with {
                $0.readyCondition = .notify
                $0.hasReloadCommand = true
            },
            steps: [
                Step(.begun, [.show(.waitingForReady)]),
                Step(.notified(["READY=1"]), [ready, .show(.running(nil))]),
                Step(.signaled(.hangup), [.announceReload, .runReloadCommand, .show(.reloading)]),
                Step(.routed(.hangup, reachedContainer: false)),
                Step(.reloaded(failure: nil), [ready, .show(.running(nil))]),
            ]),
        Life(
            testDescription: "a reload that fails says why, and the service runs on; the next one may succeed",
            configuration: .with { $0.hasReloadCommand = true },
            steps: [
                Step(.begun, [ready, .show(.running(nil))]),
                Step(.signaled(.hangup), [.announceReload, .runReloadCommand, .show(.reloading)]),
                Step(.reloaded(failure: "no"), [.report(.reloadFailed("no")), ready, .show(.reloadFailed("no"))]),
                Step(.signaled(.hangup), [.announceReload, .runReloadCommand, .show(.reloading)]),
                Step(.reloaded(failure: nil), [ready, .show(.running(nil))]),
            ]),
        Life(
            testDescription: "SIGHUP during a reload command makes one more reload of however many",
            configuration: .with { $0.hasReloadCommand = true },
            steps: [
                Step(.begun, [ready, .show(.running(nil))]),
                Step(.signaled(.hangup), [.announceReload, .runReloadCommand, .show(.reloading)]),
                Step(.signaled(.hangup)),
                Step(.signaled(.hangup)),
                Step(.reloaded(failure: nil), [ready, .announceReload, .runReloadCommand]),
                Step(.reloaded(failure: nil), [ready, .show(.running(nil))]),
                Step(.reloaded(failure: nil)),
            ]),
        Life(
            testDescription: "SIGHUP before READY waits for it where there is a reload command",
            configuration: .with {
                $0.readyCondition = .healthy
                $0.healthCheckInterval = .microseconds(70)
                $0.hasReloadCommand = true
            },
            steps: [
                Step(.begun, [extend, .show(.waitingForHealth(failures: 0))]),
                Step(.signaled(.hangup)),
                Step(.routed(.hangup, reachedContainer: false)),
                Step(
                    .health(Health(.healthy)), [ready, .announceReload, .runReloadCommand, .show(.reloading)]),
                Step(.reloaded(failure: nil), [ready, .show(.running(.healthy))]),
            ]),
        Life(
            testDescription: "a reload command that ends in a stop says nothing",
            configuration: .with { $0.hasReloadCommand = true },
            steps: [
                Step(.begun, [ready, .show(.running(nil))]),
                Step(.signaled(.hangup), [.announceReload, .runReloadCommand, .show(.reloading)]),
                Step(.signaled(.terminate), [.announceStopping]),
                Step(.reloaded(failure: "killed")),
                Step(.processEnded(.signaled(.terminate)), [.finish(terminated)]),
            ]),
    ]
}

@Suite("What the manager is told, as a table")
struct ServiceTests {
    @Test("ready, health and watchdog", arguments: Life.services)
    func services(life: Life) { life.check() }

    @Test("reloads", arguments: Life.reloads)
    func reloads(life: Life) { life.check() }
}
