// SPDX-License-Identifier: Apache-2.0

/// What the Engine says of a container's health: the outcome of its HEALTHCHECK.
public struct Health: Sendable, Equatable {
    public enum Status: Sendable, Equatable { case starting, healthy, unhealthy }

    public var status: Status
    /// How many checks in a row have failed.
    public var failures: Int
    /// Which check was the last one, so that one can tell whether there was another; `nil` before the first.
    public var lastCheck: String?

    public init(_ status: Status, failures: Int = 0, lastCheck: String? = nil) {
        self.status = status
        self.failures = failures
        self.lastCheck = lastCheck
    }
}

/// What is done about a container that turns unhealthy.
public enum UnhealthyAction: Sendable, Equatable {
    case none
    /// It is stopped as `docker stop` does it.
    case stop
    /// It gets a SIGKILL.
    case kill
}

/// The pings that the manager wants (`WatchdogSec=`): as long as something vouches for the container.
struct Watchdog: Sendable {
    /// Microseconds without a ping after which the manager acts; `nil` where it wants none.
    let patience: UInt64?
    private var isTicking = false

    init(patience: UInt64?) { self.patience = patience }

    /// Begins to ping where that is called for, at once: after a silence the time may nearly be up.
    mutating func update(vouches: Bool) -> [StateMachine.Effect] {
        guard vouches, !isTicking else { return [] }
        return ping()
    }

    /// Half the time is up: the rhythm that sd_watchdog_enabled(3) recommends.
    mutating func isDue(vouches: Bool) -> [StateMachine.Effect] {
        isTicking = false
        return vouches ? ping() : []
    }

    private mutating func ping() -> [StateMachine.Effect] {
        guard let patience else { return [] }
        isTicking = true
        return [.tell(["WATCHDOG=1"]), .startWatchdogTimer(microseconds: max(1, patience / 2))]
    }
}
