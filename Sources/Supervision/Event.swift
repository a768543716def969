// SPDX-License-Identifier: Apache-2.0

public import Linux

/// What happens to a container under supervision, or to its supervisor.
public enum Event: Sendable, Equatable {
    /// We received a signal; ``routed(_:reachedContainer:)`` follows.
    case signaled(Signal)
    /// It is known whether the container received the signal as well: with `KillMode=control-group` the manager sends it
    /// to the container's processes, too.
    case routed(Signal, reachedContainer: Bool)
    /// The kernel reports that the container's PID 1 has ended, and its exit status if it knows it (Linux 6.15).
    case processEnded(ExitStatus?)
    /// The Engine reports that the container has ended (with `--rm`: that it is removed), and its exit code if it knows
    /// it.
    case engineReported(Int?)
    /// The Engine is away: it reports nothing before it is back.
    case engineLost
    case engineReturned
    /// The last byte of the container's output has been copied.
    case outputEnded
    /// The stop timer has expired.
    case stopTimedOut
    /// The timer for the rest of the container's end has expired.
    case endTimedOut
    /// Supervision begins: the container runs.
    case begun
    /// The container has sent a notification that may be passed on to the manager.
    case notified([String])
    /// The Engine reports the container's health.
    case health(Health)
    /// The kernel has killed a process of the container because memory was short.
    case ranOutOfMemory
    /// The container was paused, or resumed.
    case paused(Bool)
    /// The reload command has ended; `failure` is the reason if it has failed.
    case reloaded(failure: String?)
    /// The watchdog timer has expired.
    case watchdogDue
}
