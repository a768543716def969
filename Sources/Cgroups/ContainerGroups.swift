// SPDX-License-Identifier: Apache-2.0

/// The cgroups that a container is in, and was in: it may have sent a message before it was moved into its unit.
public struct ContainerGroups: Sendable {
    /// One where Docker made it and one in the unit, before and after the container was restarted last.
    private static let most = 4
    private var groups: [ContainerGroup] = []

    /// None yet.
    public init() {}

    /// Adds one, in which all processes are the container's.
    ///
    /// - Parameter group: The cgroup, as long as it is there.
    public mutating func add(_ group: ContainerGroup) { groups = (groups + [group]).suffix(Self.most) }

    /// Whether a process is, or was, in the container.
    ///
    /// - Parameter whereabouts: What the kernel told of the process.
    /// - Returns: `nil` where the kernel has not told enough to say either.
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
