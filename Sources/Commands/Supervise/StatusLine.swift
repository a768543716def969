// SPDX-License-Identifier: Apache-2.0

internal import Console
internal import Linux
internal import Supervision

extension Condition {
    /// The line that `systemctl status` shows.
    ///
    /// - Parameter retries: so many failed checks in a row make it unhealthy.
    func sentence(of container: String, retries: Int) -> String {
        switch self {
        case .waitingForReady: "container \(container) is running: waiting for its READY=1"
        case .waitingForHealth(let failures): "container \(container): waiting for healthy (\(failures)/\(retries))"
        case .running(.healthy): "container \(container) is running (healthy)"
        case .running(.unhealthy): "container \(container) is running (unhealthy)"
        case .running: "container \(container) is running"
        case .runningOutOfMemory: "container \(container) is running (out of memory: a process was killed)"
        case .paused: "container \(container) is running (paused)"
        case .reloading: "container \(container) is reloading"
        case .reloadFailed(let reason): "container \(container) is running: \(reason)"
        }
    }
}

extension Report {
    /// Its line in the journal, and how bad it is.
    ///
    /// - Parameter check: what the last check of its health said.
    func line(of container: String, check: String) -> (level: Diagnostics.Level, text: String) {
        switch self {
        case .neverHealthy:
            (.error, "container \(container) became unhealthy before it was ready, stopping it: \(check)")
        case .unhealthy(.none):
            (.warning, "container \(container) became unhealthy: \(check)")
        case .unhealthy(.stop):
            (.error, "container \(container) became unhealthy, stopping it: \(check)")
        case .unhealthy(.kill):
            (.error, "container \(container) became unhealthy, killing it: \(check)")
        case .healthyAgain:
            (.notice, "container \(container) is healthy again")
        case .reloadFailed(let reason):
            (.error, "container \(container) was not reloaded: \(reason)")
        case .ranOutOfMemory:
            (.error, "container \(container): out of memory: the kernel killed one of its processes")
        case .endedBeforeReady:
            (.error, "container \(container) ended before it was ready")
        }
    }
}
