// SPDX-License-Identifier: Apache-2.0

extension UnitGroup {
    /// The `linux.cgroupsPath` that starts a container in the unit of its supervisor.
    ///
    /// The unit is the innermost service or scope on the supervisor's path: supervisors move one level deeper to make room
    /// (``enterSupervisorGroup()``, DelegateSubgroup=). Without a unit it is below the supervisor's own cgroup.
    ///
    /// - Parameters:
    ///   - id: The container's full ID, which its cgroup is named after: a unit may run several.
    ///   - supervisor: Its process.
    ///   - root: Where cgroups are mounted.
    /// - Returns: The path.
    /// - Throws: ``CgroupError/outside(process:)`` where its cgroup cannot be seen from here.
    public static func cgroupsPath(
        ofContainer id: String, of supervisor: Int32, root: String = "/sys/fs/cgroup"
    ) throws(CgroupError) -> String {
        try cgroupsPath(
            ofContainer: id, of: supervisor, in: try Membership(of: supervisor), hierarchy: try .detect(root: root))
    }

    static func cgroupsPath(
        ofContainer id: String, of supervisor: Int32, in membership: Membership, hierarchy: Hierarchy
    ) throws(CgroupError) -> String {
        guard let path = membership.entries.first(where: { $0.isTracking(in: hierarchy) })?.path,
            // The kernel writes `/..` for what lies outside our cgroup namespace (cgroup_namespaces(7)).
            !path.hasPrefix("/..")
        else { throw .outside(process: supervisor) }
        let unit = CgroupPath.cut(path, afterLast: { $0.hasSuffix(".service") || $0.hasSuffix(".scope") })
        return "\(unit ?? (path == "/" ? "" : path))/\(id)"
    }
}
