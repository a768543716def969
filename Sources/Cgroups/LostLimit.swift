// SPDX-License-Identifier: Apache-2.0

/// A limit of docker run that was lost when its container was moved.
public struct LostLimit: Sendable, Equatable, CustomStringConvertible {
    /// The kernel's name: `memory.max`.
    public let name: String
    /// What it was set to, in the kernel's units (bytes, microseconds, weights).
    public let value: String
    /// Why it was lost.
    public let reason: Reason

    public enum Reason: Sendable, Equatable {
        /// The unit's cgroup has no controllers to enable below it: the unit needs Delegate=yes.
        case notDelegated
        /// The unit does not have the controller, or the kernel refused the value.
        case refused(String)
    }

    /// `memory.max=67108864`, with the kernel's reason where it gave one.
    public var description: String {
        switch reason {
        case .notDelegated: "\(name)=\(value)"
        case .refused(let reason): "\(name)=\(value) (\(reason))"
        }
    }
}
