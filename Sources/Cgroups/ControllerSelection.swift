// SPDX-License-Identifier: Apache-2.0

/// Which version 1 controllers a container is moved in: the values of `--cgroups`.
///
/// `name=systemd` is always among them, or systemd loses the container; `devices` never is, as the filter that Docker set
/// there would not be copied. In a version 2 tree the container is moved whatever is named.
public enum ControllerSelection: Sendable, Equatable {
    /// All but `devices`.
    case all
    /// These, as /proc/self/cgroup calls them.
    case named([String])

    /// Reads the values of `--cgroups`: `all` or `name=all`, else names, also joined by commas (`cpu,cpuacct`).
    public init(_ values: [String]) {
        let names = values.flatMap { $0.split(separator: ",").map(String.init) }
        self = names.contains { $0 == "all" || $0 == "name=all" } ? .all : .named(names)
    }
}
