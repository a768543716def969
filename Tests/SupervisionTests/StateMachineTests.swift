// SPDX-License-Identifier: Apache-2.0

import Linux
import Supervision
import Testing

/// A whole life: each event, and what it makes the supervisor do.
struct Life: Sendable, CustomTestStringConvertible {
    struct Step: Sendable {
        var event: Event
        var effects: [Effect]
        init(_ event: Event, _ effects: [Effect] = []) {
            self.event = event
            self.effects = effects
        }
    }

    var testDescription: String
    var configuration = Configuration()
    var steps: [Step]

    static let removed = Configuration(removesContainer: true)
    static let removedByEngine = {
        var configuration = removed
        configuration.engineRemovesContainer = true
        return configuration
    }()
    static let terminated = ExitStatus.signaled(.terminate)
    static let terminal = {
        var configuration = Configuration()
        configuration.isInTerminal = true
        return configuration
    }()

    static let all: [Life] = [
        // Ends that nobody asked for
        Life(
            testDescription: "exits 3: the kernel's word is enough, once the output is out",
            steps: [
                Step(.processEnded(.exited(3)), [.startEndTimer]),
                Step(.outputEnded, [.finish(.exited(3))]),
                Step(.engineReported(3)),
            ]),
        Life(
            testDescription: "killed by SIGKILL: not the same as exit 137",
            steps: [
                Step(.engineReported(137), [.startEndTimer]),
                Step(.outputEnded),
                Step(.processEnded(.signaled(.kill)), [.finish(.signaled(.kill))]),
            ]),
        Life(
            testDescription: "exits 137 by itself: not the same as SIGKILL",
            steps: [
                Step(.outputEnded),
                Step(.engineReported(137), [.startEndTimer]),
                Step(.processEnded(.exited(137)), [.finish(.exited(137))]),
            ]),
        Life(
            testDescription: "an old kernel does not tell: the Engine's exit code counts",
            steps: [
                Step(.processEnded(nil), [.startEndTimer]),
                Step(.outputEnded),
                Step(.engineReported(137), [.finish(.exited(137))]),
            ]),
        Life(
            testDescription: "with --rm it is over only when the Engine has removed it",
            configuration: removed,
            steps: [
                Step(.processEnded(.exited(0)), [.startEndTimer]),
                Step(.outputEnded),
                Step(.engineReported(0), [.finish(.exited(0))]),
            ]),
        Life(
            testDescription: "ended before we could look at its process: the Engine alone tells",
            configuration: Configuration(removesContainer: true, watchesProcess: false),
            steps: [
                Step(.engineReported(2), [.startEndTimer]),
                Step(.outputEnded, [.finish(.exited(2))]),
            ]),
        Life(
            testDescription: "no output is copied: none is waited for",
            configuration: Configuration(copiesOutput: false),
            steps: [Step(.processEnded(.exited(1)), [.finish(.exited(1))])]),
        Life(
            testDescription: "output that never ends is waited for with patience, not for ever",
            steps: [
                Step(.processEnded(.exited(5)), [.startEndTimer]),
                Step(.endTimedOut, [.finish(.exited(5))]),
                Step(.outputEnded),
            ]),
        Life(
            testDescription: "closes its output and lives on",
            steps: [
                Step(.outputEnded),
                Step(.signaled(.user1)),
                Step(.routed(.user1, reachedContainer: false), [.send(.user1)]),
                Step(.processEnded(.exited(0)), [.finish(.exited(0))]),
            ]),

        // The Engine goes away
        Life(
            testDescription: "the daemon goes, the container lives on and then ends: the kernel tells",
            steps: [
                Step(.engineLost),
                Step(.outputEnded),
                Step(.signaled(.hangup)),
                Step(.routed(.hangup, reachedContainer: false), [.send(.hangup)]),
                Step(.processEnded(.exited(4)), [.finish(.exited(4))]),
            ]),
        Life(
            testDescription: "the daemon goes, and with --rm its removal is waited for",
            configuration: removed,
            steps: [
                Step(.engineLost),
                Step(.processEnded(.exited(4)), [.startEndTimer]),
                Step(.outputEnded),
                Step(.engineReported(nil), [.finish(.exited(4))]),
            ]),
        Life(
            testDescription: "the daemon goes, and will remove the container when it is back: nobody waits for that",
            configuration: removedByEngine,
            steps: [
                Step(.engineLost),
                Step(.outputEnded),
                Step(.processEnded(.exited(4)), [.finish(.exited(4))]),
            ]),
        Life(
            testDescription: "the daemon goes while it removes the container: nobody waits for that",
            configuration: removedByEngine,
            steps: [
                Step(.processEnded(.exited(4)), [.startEndTimer]),
                Step(.outputEnded),
                Step(.engineLost, [.finish(.exited(4))]),
            ]),
        Life(
            testDescription: "the daemon is restarted, and the container lives on: its removal is waited for",
            configuration: removedByEngine,
            steps: [
                Step(.engineLost),
                Step(.engineReturned),
                Step(.outputEnded),
                Step(.processEnded(.exited(4)), [.startEndTimer]),
                Step(.engineReported(4), [.finish(.exited(4))]),
            ]),
        Life(
            testDescription: "the daemon goes at the end: it is asked again",
            configuration: removed,
            steps: [
                Step(.processEnded(.exited(0)), [.startEndTimer]),
                Step(.engineLost),
                Step(.outputEnded),
                Step(.engineReported(0), [.finish(.exited(0))]),
            ]),
        Life(
            testDescription: "the daemon goes and does not come back, the kernel does not tell: unknown",
            steps: [
                Step(.engineLost),
                Step(.processEnded(nil), [.startEndTimer]),
                Step(.outputEnded),
                Step(.endTimedOut, [.finishUnknown]),
            ]),
        Life(
            testDescription: "the daemon goes, and there is no process to watch: it is asked again",
            configuration: Configuration(watchesProcess: false),
            steps: [
                Step(.engineLost, [.startEndTimer]),
                Step(.outputEnded),
                Step(.engineReported(6), [.finish(.exited(6))]),
            ]),

        // Stops
        Life(
            testDescription: "systemctl stop reaches us alone: it is relayed, and death by SIGTERM is a clean end",
            steps: [
                Step(.signaled(.terminate), [.announceStopping]),
                Step(.routed(.terminate, reachedContainer: false), [.send(.terminate)]),
                Step(.processEnded(.signaled(.terminate)), [.startEndTimer]),
                Step(.outputEnded, [.finish(terminated)]),
            ]),
        Life(
            testDescription: "systemctl stop reaches the container too: nothing is relayed",
            steps: [
                Step(.signaled(.terminate), [.announceStopping]),
                Step(.routed(.terminate, reachedContainer: true)),
                Step(.outputEnded),
                Step(.processEnded(.exited(0)), [.finish(.exited(0))]),
            ]),
        Life(
            testDescription: "a shell answers the stop with 143: that is death by SIGTERM",
            steps: [
                Step(.signaled(.terminate), [.announceStopping]),
                Step(.routed(.terminate, reachedContainer: true)),
                Step(.outputEnded),
                Step(.processEnded(.exited(143)), [.finish(terminated)]),
            ]),
        Life(
            testDescription: "it is dead of the stop before we know whom the stop reached",
            steps: [
                Step(.signaled(.terminate), [.announceStopping]),
                Step(.processEnded(.exited(143)), [.startEndTimer]),
                Step(.routed(.terminate, reachedContainer: true)),
                Step(.outputEnded, [.finish(terminated)]),
            ]),
        Life(
            testDescription: "it is dead of the stop before we have even seen the stop",
            steps: [
                Step(.processEnded(.exited(143)), [.startEndTimer]),
                Step(.signaled(.terminate)),
                Step(.outputEnded, [.finish(terminated)]),
            ]),
        Life(
            testDescription: "KillSignal=SIGINT, and a shell answers with 130: that is death by SIGINT",
            configuration: Configuration(stopSignal: .quit),
            steps: [
                Step(.signaled(.interrupt)),
                Step(.routed(.interrupt, reachedContainer: true)),
                Step(.outputEnded),
                Step(.processEnded(.exited(130)), [.finish(.signaled(.interrupt))]),
            ]),
        Life(
            testDescription: "143 that nobody asked for is exit 143",
            steps: [Step(.outputEnded), Step(.processEnded(.exited(143)), [.finish(.exited(143))])]),
        Life(
            testDescription: "a stop that fails with 1 has failed",
            steps: [
                Step(.signaled(.terminate), [.announceStopping]),
                Step(.routed(.terminate, reachedContainer: true)),
                Step(.outputEnded),
                Step(.processEnded(.exited(1)), [.finish(.exited(1))]),
            ]),
        Life(
            testDescription: "its own stop signal takes the place of SIGTERM, and its death by it is a clean end",
            configuration: Configuration(stopSignal: .quit),
            steps: [
                Step(.signaled(.terminate), [.announceStopping]),
                Step(.routed(.terminate, reachedContainer: false), [.send(.quit)]),
                Step(.outputEnded),
                Step(.processEnded(.signaled(.quit)), [.finish(terminated)]),
            ]),
        Life(
            testDescription: "SIGTERM came through, but it wants SIGQUIT: that is sent too, and 131 is a clean end",
            configuration: Configuration(stopSignal: .quit),
            steps: [
                Step(.signaled(.terminate), [.announceStopping]),
                Step(.routed(.terminate, reachedContainer: true), [.send(.quit)]),
                Step(.outputEnded),
                Step(.processEnded(.exited(131)), [.finish(terminated)]),
            ]),
        Life(
            testDescription: "the stop takes longer than --stop-timeout: killed, and that is told",
            configuration: Configuration(stopTimeout: .seconds(2)),
            steps: [
                Step(.signaled(.terminate), [.announceStopping, .startStopTimer(.seconds(2))]),
                Step(.routed(.terminate, reachedContainer: false), [.send(.terminate)]),
                Step(.stopTimedOut, [.send(.kill)]),
                Step(.outputEnded),
                Step(.processEnded(.signaled(.kill)), [.finish(.signaled(.kill))]),
            ]),
        Life(
            testDescription: "however often a unit's manager asks it to stop, it has its time",
            steps: [
                Step(.signaled(.terminate), [.announceStopping]),
                Step(.routed(.terminate, reachedContainer: false), [.send(.terminate)]),
            ]
                + [.terminate, .interrupt, .quit, .hangup, .terminate, .interrupt, .terminate].map {
                    Step(.signaled($0))
                } + [
                    Step(.routed(.terminate, reachedContainer: true)),
                    Step(.routed(.interrupt, reachedContainer: false)),
                    Step(.routed(.quit, reachedContainer: false), [.send(.quit)]),
                    Step(.outputEnded),
                    Step(.processEnded(.exited(0)), [.finish(.exited(0))]),
                ]),
        Life(
            testDescription: "the third SIGINT or SIGTERM in a terminal kills it",
            configuration: terminal,
            steps: [
                Step(.signaled(.interrupt)),
                Step(.routed(.interrupt, reachedContainer: false), [.send(.interrupt)]),
                Step(.signaled(.terminate), [.announceStopping]),
                Step(.routed(.terminate, reachedContainer: false), [.send(.terminate)]),
                Step(.signaled(.hangup)),
                Step(.signaled(.interrupt), [.send(.kill)]),
                Step(.routed(.interrupt, reachedContainer: true)),
                Step(.outputEnded),
                Step(.processEnded(.signaled(.kill)), [.finish(.signaled(.kill))]),
            ]),
        Life(
            testDescription: "the third in a terminal, while Docker takes its time over an end: it is left to Docker",
            configuration: terminal,
            steps: [
                Step(.processEnded(.exited(3)), [.startEndTimer]),
                Step(.signaled(.interrupt)),
                Step(.signaled(.interrupt)),
                Step(.signaled(.interrupt), [.finish(.exited(3))]),
            ]),
        Life(
            testDescription: "a stop timer that runs out too late kills nobody",
            configuration: Configuration(stopTimeout: .seconds(1)),
            steps: [
                Step(.signaled(.terminate), [.announceStopping, .startStopTimer(.seconds(1))]),
                Step(.routed(.terminate, reachedContainer: true)),
                Step(.processEnded(.exited(0)), [.startEndTimer]),
                Step(.stopTimedOut),
                Step(.signaled(.terminate)),
                Step(.routed(.terminate, reachedContainer: false)),
                Step(.outputEnded, [.finish(.exited(0))]),
            ]),
    ]
}

extension Life {
    /// Lives it, and looks at each step.
    func check() {
        var machine = StateMachine(configuration)
        for (number, step) in steps.enumerated() {
            #expect(machine.handle(step.event) == step.effects, "step \(number + 1): \(step.event)")
        }
    }
}

@Suite("State machine")
struct StateMachineTests {
    @Test("lives", arguments: Life.all)
    func lives(life: Life) { life.check() }

    @Test(
        "a signal other than SIGTERM is relayed as it is, unless the container has it",
        arguments: [
            Signal.interrupt, .hangup, .quit, .user1, .user2, .windowChange, .continue, Signal(rawValue: 34),
            Signal(rawValue: 64),
        ])
    func relays(signal: Signal) {
        var machine = StateMachine(Configuration(stopSignal: .quit))
        #expect(machine.handle(.signaled(signal)) == [])
        #expect(machine.handle(.routed(signal, reachedContainer: false)) == [.send(signal)])
        #expect(machine.handle(.routed(signal, reachedContainer: true)) == [])
    }

    @Test("once it is over nothing has any effect")
    func over() {
        var machine = StateMachine(Configuration(copiesOutput: false))
        #expect(machine.handle(.processEnded(.exited(0))) == [.finish(.exited(0))])
        let late: [Event] = [
            .signaled(.terminate), .routed(.terminate, reachedContainer: false), .processEnded(.exited(1)),
            .engineReported(1), .engineLost,
            .outputEnded, .stopTimedOut, .endTimedOut, .begun, .notified(["READY=1"]), .health(Health(.unhealthy)),
            .paused(true), .reloaded(failure: "no"), .watchdogDue, .signaled(.hangup),
            .routed(.hangup, reachedContainer: false),
        ]
        for event in late { #expect(machine.handle(event) == [], "\(event)") }
    }

    @Test("every order of the three witnesses ends in the same status, once")
    func orders() {
        let events: [Event] = [.processEnded(.signaled(.kill)), .engineReported(137), .outputEnded]
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            var machine = StateMachine(Configuration(removesContainer: true))
            let effects = order.flatMap { machine.handle(events[$0]) }
            let ends = effects.filter { if case .finish = $0 { true } else { false } }
            #expect(ends == [.finish(.signaled(.kill))], "\(order)")
            #expect(effects.last == .finish(.signaled(.kill)), "\(order)")
        }
    }
}
