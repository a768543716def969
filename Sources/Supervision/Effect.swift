// SPDX-License-Identifier: Apache-2.0

public import Linux

/// What the supervisor has to do.
public enum Effect: Sendable, Equatable {
    /// Send a signal to the container's PID 1.
    case send(Signal)
    /// Tell the manager that the service stops.
    case announceStopping
    /// Start a timer that ends with ``Event/stopTimedOut``.
    case startStopTimer(Duration)
    /// Start a timer that ends with ``Event/endTimedOut``, in case that the rest of the container's end never comes.
    case startEndTimer
    /// Exit as the container has ended.
    case finish(ExitStatus)
    /// Exit although neither the kernel nor the Engine knows how the container has ended.
    case finishUnknown
    /// Send these fields to the manager (sd_notify(3)).
    case notify([String])
    /// Show in `systemctl status` what the container is doing.
    case show(Condition)
    /// Write a line to the journal.
    case report(Report)
    /// Tell the manager that a reload begins.
    case announceReload
    /// Run the reload command, which ends with ``Event/reloaded(failure:)``.
    case runReloadCommand
    /// Start a timer that ends with ``Event/watchdogDue``.
    case startWatchdogTimer(Duration)
}
