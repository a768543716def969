// SPDX-License-Identifier: Apache-2.0

/// The pings that the manager expects (`WatchdogSec=`), sent while the container is known to be alive.
struct Watchdog: Sendable {
    /// How long the manager waits for a ping; `nil` if it expects none.
    let timeout: Duration?
    private var isTicking = false

    init(timeout: Duration?) { self.timeout = timeout }

    /// Begins to ping if that is due now; at once, because after a silence the time may nearly be up.
    mutating func update(isAlive: Bool) -> [Effect] {
        guard isAlive, !isTicking else { return [] }
        return ping()
    }

    /// The timer has expired.
    mutating func isDue(isAlive: Bool) -> [Effect] {
        isTicking = false
        return isAlive ? ping() : []
    }

    private mutating func ping() -> [Effect] {
        guard let timeout else { return [] }
        isTicking = true
        // Half of the time, as sd_watchdog_enabled(3) recommends.
        return [.notify(["WATCHDOG=1"]), .startWatchdogTimer(max(.microseconds(1), timeout / 2))]
    }
}
