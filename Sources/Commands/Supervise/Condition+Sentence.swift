// SPDX-License-Identifier: Apache-2.0

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
