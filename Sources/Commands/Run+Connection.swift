// SPDX-License-Identifier: Apache-2.0

internal import Engine
internal import RunOptions
internal import Systemd

extension Run {
    /// What the manager is told in time, again and again, while Docker is away; and what the start has at least when it
    /// is back.
    private static let (reminder, grant): (UInt64, UInt64) = (10_000_000, 60_000_000)

    /// Connects to Docker, and waits for it if it is away.
    func connect() async throws -> Client {
        notify("connecting to Docker")
        guard wrapper.engineTimeout > 0 else { return try await Client.connect(environment: environment, patience: 0) }
        let waiting = EventLoop.shared.task { [environment] in
            try await EventLoop.shared.sleep(microseconds: 500_000)
            let socket = (try? Host(environment: environment).socket) ?? "its socket"
            Notification.status("waiting for Docker at \(socket)")
            while true {
                Notification.extendTimeout(microseconds: Self.grant)
                try await EventLoop.shared.sleep(microseconds: Self.reminder)
            }
        }
        defer { waiting.cancel() }
        do throws(EngineError) {
            return try await Client.connect(environment: environment, patience: wrapper.engineTimeout)
        } catch {
            guard error.isAway else { throw error }
            throw LaunchError("wait for Docker (--engine-timeout)", error)
        }
    }
}
