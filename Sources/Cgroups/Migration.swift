// SPDX-License-Identifier: Apache-2.0

/// The result of moving a container into its unit.
public struct Migration: Sendable, Equatable {
    /// Limits of docker run that are not in effect any more.
    public let lostLimits: [LostLimit]
    /// Controllers that were named, and in which the container stays where Docker put it: `devices`, whose filter would be
    /// lost, and those in which systemd made no cgroup for the unit.
    public let notMoved: [String]
    /// Whether Delegate=yes in the unit would keep the lost limits.
    public var needsDelegation: Bool { lostLimits.contains { $0.reason == .notDelegated } }
}
