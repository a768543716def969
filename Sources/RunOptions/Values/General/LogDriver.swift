// SPDX-License-Identifier: Apache-2.0

/// Log drivers that mean something here; all others are the Engine's business.
enum LogDriver {
    /// The Engine keeps no output.
    static let none = "none"
    /// The container's stdout and stderr are our own: systemd-docker's driver, unknown to the Engine.
    static let passthrough = "passthrough"
}
