// SPDX-License-Identifier: Apache-2.0

internal import Engine

extension Draft {
    /// Which namespaces the container shares, and whose cgroup it is in.
    static let namespaces: [Option<Draft>] = [
        .value("cgroup-parent", \.host.cgroupParent, "Optional parent cgroup for the container"),
        .value("cgroupns", \CgroupNamespace.text, \.host.cgroupnsMode, "Cgroup namespace to use (host|private)"),
        .value("ipc", \.host.ipcMode, "IPC mode to use"),
        .value("pid", \ProcessNamespace.text, \.host.pidMode, "PID namespace to use"),
        .value("userns", \HostNamespace.text, \.host.usernsMode, "User namespace to use"),
        .value("uts", \HostNamespace.text, \.host.utsMode, "UTS namespace to use"),
    ]
}
