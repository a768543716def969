// SPDX-License-Identifier: Apache-2.0

public import Linux

/// Where the kernel says that a process is, or was when it ended.
public struct Whereabouts: Sendable, Equatable {
    /// The ID of its version 2 cgroup.
    let cgroup: UInt64?
    /// Its cgroups by name; `nil` once its number may be another process's.
    let membership: Membership?

    /// Asks the kernel about who has sent a datagram.
    ///
    /// To be asked soon: of a process that was reaped, older kernels tell nothing (``Linux/Sender/cgroup``).
    ///
    /// - Parameter sender: The sender.
    public init(of sender: borrowing Sender) {
        let found = sender.process > 0 ? try? Membership(of: sender.process) : nil
        // Version 1 shows a process that ends at the root of each tree (cgroups(7)), before it is a zombie.
        let isEnding = UnitGroup.hasEnded(sender.process, proc: "/proc")
        // Asked after all that was read, so that what was read is about this process.
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
