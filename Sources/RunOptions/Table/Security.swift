// SPDX-License-Identifier: Apache-2.0

internal import Engine

extension Draft {
    /// What the container may do.
    static let security: [Option<Draft>] = [
        .list("cap-add", \Capability.text, \.host.capAdd, "Add Linux capabilities"),
        .list("cap-drop", \Capability.text, \.host.capDrop, "Drop Linux capabilities"),
        .list("group-add", \String.self, \.host.groupAdd, "Add additional groups to join"),
        .flag("privileged", \.host.privileged, "Give extended privileges to this container"),
        .list("security-opt", \.securityOptions, "Security options"),
        .list("sysctl", kind: "map", \KernelParameter.text, \.kernelParameters, "Sysctl options"),
    ]
}
