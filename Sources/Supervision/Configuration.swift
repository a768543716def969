// SPDX-License-Identifier: Apache-2.0

public import Linux

/// What is known about a container when its supervision begins, and does not change.
public struct Configuration: Sendable, Equatable {
    /// The signal that asks it to stop: `--stop-signal`, else the image's, else SIGTERM.
    public var stopSignal: Signal
    /// How long after its stop signal it gets SIGKILL; `nil` leaves that to the service manager.
    public var stopTimeout: Duration?
    /// Whether the container must be removed before we may exit.
    public var removesContainer: Bool
    /// Whether the Engine removes the container by itself (`AutoRemove`), if need be once it is back.
    public var engineRemovesContainer = false
    /// Whether there is a pidfd: then the end of the process is waited for, and may tell the exit status.
    public var watchesProcess: Bool
    /// Whether we copy the container's output: then its end is waited for.
    public var copiesOutput: Bool
    public var readyCondition = ReadyCondition.started
    /// The longest time from the end of one health check to the end of the next.
    public var healthCheckInterval = Duration.zero
    public var onUnhealthy = UnhealthyAction.none
    /// How long the manager waits for a ping (`WatchdogSec=`); `nil` if it expects none.
    public var watchdogTimeout: Duration?
    /// Whether a command is run in place of SIGHUP.
    public var hasReloadCommand = false
    /// Whether a person at a terminal sends the signals, not a service manager: the third SIGINT or SIGTERM kills the
    /// container, as with docker's client.
    public var isInTerminal = false

    public init(
        stopSignal: Signal = .terminate, stopTimeout: Duration? = nil, removesContainer: Bool = false,
        watchesProcess: Bool = true, copiesOutput: Bool = true
    ) {
        self.stopSignal = stopSignal
        self.stopTimeout = stopTimeout
        self.removesContainer = removesContainer
        self.watchesProcess = watchesProcess
        self.copiesOutput = copiesOutput
    }
}

/// When a started container counts as ready.
public enum ReadyCondition: Sendable, Equatable {
    /// As soon as it runs.
    case started
    /// When it has sent READY=1.
    case notify
    /// When its HEALTHCHECK has succeeded.
    case healthy
}

/// What to do about a container that becomes unhealthy.
public enum UnhealthyAction: Sendable, Equatable {
    case none
    /// Send its stop signal, then SIGKILL, as `docker stop` does.
    case stop
    /// Send SIGKILL.
    case kill
}
