// SPDX-License-Identifier: Apache-2.0

internal import Console
internal import Engine
internal import Glibc
internal import Linux
internal import RunOptions
internal import Systemd

/// The way to the Engine, which may be away.
@LoopActor
struct EngineConnection {
    /// What the manager is told in time, again and again, while Docker is away; and what the start has at least when it
    /// is back.
    private static let (reminder, grant) = (Duration.seconds(10), Duration.seconds(60))

    let job: Job

    /// Sends the manager nothing that it would refuse, and says what to write where a unit waits for it.
    ///
    /// Without `NotifyAccess=all` it takes messages only of the processes that it has started itself (sd_notify(3)), and
    /// below a shell we are none of them.
    func checkNotifyAccess() async {
        guard let unit = job.unit, Notification.isHeard, let started = job.environment["SYSTEMD_EXEC_PID"],
            started != "\(getpid())", let properties = try? await unit.properties("Type", "NotifyAccess"),
            let access = properties["NotifyAccess"], access != "all"
        else { return }
        Notification.silence()
        guard properties["Type"]?.hasPrefix("notify") == true else { return }
        job.diagnostics.warning(
            "\(unit.name) has Type=\(properties["Type"] ?? ""), but this is not its main process, and with "
                + "NotifyAccess=\(access) systemd does not listen to it. Write \"exec\" before systemd-docker in the "
                + "shell's command, or NotifyAccess=all in [Service]")
    }

    /// Connects to Docker, and waits for it if it is away.
    func connect() async throws -> Client {
        job.show("connecting to Docker")
        let (environment, timeout) = (job.environment, job.wrapper.engineTimeout)
        guard timeout > .zero else { return try await Client.connect(environment: environment) }
        let waiting = EventLoop.shared.task {
            try await EventLoop.shared.sleep(.milliseconds(500))
            let socket = (try? Host(environment: environment).socket) ?? "its socket"
            Notification.status("waiting for Docker at \(socket)")
            while true {
                Notification.extendTimeout(by: Self.grant)
                try await EventLoop.shared.sleep(Self.reminder)
            }
        }
        defer { waiting.cancel() }
        do throws(EngineError) {
            return try await Client.connect(environment: environment, timeout: timeout)
        } catch {
            guard error.isAway else { throw error }
            throw CommandError("wait for Docker (--engine-timeout)", error)
        }
    }
}
