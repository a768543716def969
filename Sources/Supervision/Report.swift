// SPDX-License-Identifier: Apache-2.0

/// What is written to the journal.
public enum Report: Sendable, Equatable {
    /// It has become unhealthy before it was ready, and is stopped.
    case neverHealthy
    /// It has become unhealthy; what is done about it.
    case unhealthy(UnhealthyAction)
    case healthyAgain
    case reloadFailed(String)
    case ranOutOfMemory
    /// It has ended before it was ready.
    case endedBeforeReady
}
