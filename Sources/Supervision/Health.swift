// SPDX-License-Identifier: Apache-2.0

/// The health of a container as the Engine reports it: the outcome of its HEALTHCHECK.
public struct Health: Sendable, Equatable {
    public enum Status: Sendable, Equatable { case starting, healthy, unhealthy }

    public var status: Status
    /// How many checks in a row have failed.
    public var failures: Int
    /// Identifies the last check, to tell whether another one has ended; `nil` before the first.
    public var lastCheck: String?

    public init(_ status: Status, failures: Int = 0, lastCheck: String? = nil) {
        self.status = status
        self.failures = failures
        self.lastCheck = lastCheck
    }
}
