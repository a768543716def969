// SPDX-License-Identifier: Apache-2.0

internal import Engine

extension RunTable {
    /// Privileges.
    static let security: [Option<CreateRequestBuilder>] = [
        .list("cap-add", \Capability.name, \.host.capAdd, "Add Linux capabilities"),
        .list("cap-drop", \Capability.name, \.host.capDrop, "Drop Linux capabilities"),
        .list("group-add", \String.self, \.host.groupAdd, "Add additional groups to join"),
        .flag("privileged", \.host.privileged, "Give extended privileges to this container"),
        .list("security-opt", \.securityOptions, "Security options"),
        .list("sysctl", kind: "map", \Sysctl.text, \.sysctls, "Sysctl options"),
    ]
}
