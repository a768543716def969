// SPDX-License-Identifier: Apache-2.0

internal import Engine
internal import Output
internal import Systemd

/// A container that has been started, with all that tells of its life.
struct Launched: Sendable {
    let client: Client
    let container: Container
    let wait: ContainerWait
    let output: OutputRelay?
    let events: ContainerEvents
    /// A time before its process began.
    let birth: LogTime
    /// `nil` where it has ended already.
    let process: ProcessWatch?
}
