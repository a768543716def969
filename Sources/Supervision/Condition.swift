// SPDX-License-Identifier: Apache-2.0

/// What the container is doing, as `systemctl status` shows it.
public enum Condition: Sendable, Equatable {
    /// It has not sent READY=1 yet.
    case waitingForReady
    /// It is not healthy yet; so many checks in a row have failed.
    case waitingForHealth(failures: Int)
    /// It runs; its health, if it has any.
    case running(Health.Status?)
    /// It runs, and the kernel has killed one of its processes because memory was short.
    case runningOutOfMemory
    /// Its processes are frozen.
    case paused
    case reloading
    /// It runs, and its last reload has failed.
    case reloadFailed(String)
}
