// SPDX-License-Identifier: Apache-2.0

internal import Console
internal import Linux
internal import Supervision

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
