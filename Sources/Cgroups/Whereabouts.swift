// SPDX-License-Identifier: Apache-2.0

public import Linux

/// The cgroups that the kernel reports for a process, or that it was in when it ended.
public struct Whereabouts: Sendable, Equatable {
    /// The ID of its version 2 cgroup.
    let cgroup: UInt64?
    /// Its cgroups by name; `nil` once its number may be in use again.
    let membership: Membership?

    /// Asks the kernel about the sender of a datagram.
    ///
    /// To be asked soon: older kernels report nothing about a process that was reaped (``Linux/Sender/cgroup``).
    ///
    /// - Parameter sender: The sender.
    public init(of sender: borrowing Sender) {
        let found = sender.process > 0 ? try? Membership(of: sender.process) : nil
        // Version 1 shows a process that ends at the root of each tree (cgroups(7)), before it is a zombie.
        let isEnding = UnitGroup.hasEnded(sender.process, proc: "/proc")
        // Asked last: where it was not reaped by now, all that was read before is about this process.
        switch sender.state {
        case .running where !isEnding: self.init(cgroup: sender.cgroup, membership: found)
        case .running, .ended: self.init(cgroup: sender.cgroup, membership: found?.unifiedOnly)
        case .reaped: self.init(cgroup: sender.cgroup, membership: nil)
        }
    }

    init(cgroup: UInt64?, membership: Membership?) {
        self.cgroup = cgroup
        self.membership = membership
    }
}
