// SPDX-License-Identifier: Apache-2.0

internal import Engine

/// The runtime that does the work behind ours: what `--runtime` asks for, else the daemon's default.
struct ContainerRuntime: Sendable, Equatable {
    /// Under this name `systemd-docker setup` registers our runtime.
    static let ours = "systemd-docker"
    /// Docker's own names of runc.
    private static let plain: Set<String> = [
        "", "runc", "io.containerd.runc.v1", "io.containerd.runc.v2", "io.containerd.runtime.v1.linux", ours,
    ]

    /// The executable and its first arguments; empty for runc.
    var command: [String] = []
    /// Why ours cannot stand before it; `nil` where it can.
    var obstacle: String?

    /// Looks the runtime up in what the Engine says of itself.
    ///
    /// - Parameters:
    ///   - wish: `--runtime`; `nil` asks for the daemon's default.
    ///   - version: what the Engine speaks.
    init(wish: String?, info: SystemInfo, version: APIVersion) {
        let name = wish ?? info.defaultRuntime
        if info.runtimes[Self.ours] == nil {
            obstacle = "Docker does not know its runtime yet: systemd-docker setup"
        } else if Self.plain.contains(name), info.runtimes[name].map({ $0.path == "runc" }) ?? true || name == Self.ours
        {
            // The daemon's configuration may also say which runc it means.
        } else if let runtime = info.runtimes[name], !runtime.path.isEmpty {
            command = [runtime.path] + runtime.arguments
            if let annotations = APIVersion("1.43"), version < annotations {
                obstacle = "Docker before 24 cannot keep in mind that it wants runtime \(name)"
            }
        } else {
            obstacle = "runtime \(name) is none with runc's command line"
        }
    }
}
