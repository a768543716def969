// SPDX-License-Identifier: Apache-2.0

/// Arithmetic on `/system.slice/nginx.service`: whole components, never bare prefixes.
enum CgroupPath {
    /// The path up to the last component that fits, which is included; `nil` where none does.
    static func cut(_ path: String, afterLast fits: (Substring) -> Bool) -> String? {
        let components = path.split(separator: "/")
        guard let last = components.lastIndex(where: fits) else { return nil }
        return "/" + components[...last].joined(separator: "/")
    }

    /// Whether `path` is `ancestor` or below it.
    static func isInside(_ path: String, _ ancestor: String) -> Bool {
        path == ancestor || path.hasPrefix(ancestor + "/")
    }

    /// The cgroup that Docker made for a container: `ID` (cgroupfs driver) or `docker-ID.scope` (systemd driver),
    /// also when the process asked about sits deeper, as the init of a container that runs systemd does.
    static func ofContainer(_ id: String, in path: String) -> String? {
        // A short ID could be a part of another name. The kernel writes `/..` for what is outside our cgroup namespace:
        // appended to the mount point such a path would lead elsewhere (cgroup_namespaces(7)).
        guard id.utf8.count >= 12, !path.hasPrefix("/..") else { return nil }
        return cut(path) { $0.contains(id) }
    }

    /// The unit's cgroup in a path at or below it.
    static func ofUnit(_ unit: String, in path: String) -> String? {
        // systemd prefixes `_` to a name that could be mistaken for a file of the kernel: `_memory.service`.
        cut(path) { $0 == unit || $0 == "_" + unit }
    }
}
