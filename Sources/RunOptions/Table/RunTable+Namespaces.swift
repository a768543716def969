// SPDX-License-Identifier: Apache-2.0

internal import Engine

extension RunTable {
    /// Shared namespaces, and the parent cgroup.
    static let namespaces: [Option<CreateRequestBuilder>] = [
        .value("cgroup-parent", \.host.cgroupParent, "Optional parent cgroup for the container"),
        .value("cgroupns", \NamespaceMode.Cgroup.text, \.host.cgroupnsMode, "Cgroup namespace to use (host|private)"),
        .value("ipc", \.host.ipcMode, "IPC mode to use"),
        .value("pid", \NamespaceMode.PID.text, \.host.pidMode, "PID namespace to use"),
        .value("userns", \NamespaceMode.Host.text, \.host.usernsMode, "User namespace to use"),
        .value("uts", \NamespaceMode.Host.text, \.host.utsMode, "UTS namespace to use"),
    ]
}
