// SPDX-License-Identifier: Apache-2.0

/// The cgroups that a container is in, and was in: a message may have been sent before it was moved into its unit.
public struct ContainerGroups: Sendable {
    /// Docker's and the unit's, before and after the last restart of the container.
    private static let most = 4
    private var groups: [ContainerGroup] = []

    /// An empty list.
    public init() {}

    /// Adds one, in which all processes are the container's.
    ///
    /// - Parameter group: The cgroup, which must still exist.
    public mutating func add(_ group: ContainerGroup) { groups = (groups + [group]).suffix(Self.most) }

    /// Whether a process is, or was, in the container.
    ///
    /// - Parameter whereabouts: What the kernel reported about the process.
    /// - Returns: `nil` where that is not enough to say either.
    public mutating func contain(_ whereabouts: Whereabouts) -> Bool? {
        var isOutside = !groups.isEmpty
        for index in groups.indices {
            switch groups[index].contains(whereabouts) {
            case true?: return true
            case false?: break
            case nil: isOutside = false
            }
        }
        return isOutside ? false : nil
    }
}
