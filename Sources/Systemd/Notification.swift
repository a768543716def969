// SPDX-License-Identifier: Apache-2.0

internal import CSystemd
internal import Glibc
internal import Linux

/// Messages to the service manager (sd_notify(3)).
///
/// Without NOTIFY_SOCKET (a shell, `Type=simple`) nothing is sent.
public enum Notification {
    /// Whether a service manager takes messages.
    public static var isHeard: Bool { getenv("NOTIFY_SOCKET") != nil }

    /// Sends nothing from now on: for a process whose messages the manager would refuse.
    public static func silence() {
        for name in ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"] { unsetenv(name) }
    }

    /// The service is up.
    public static func ready(mainProcess: Int32? = nil) {
        send((mainProcess.map { ["MAINPID=\($0)"] } ?? []) + ["READY=1"])
    }

    /// The service has begun to stop.
    public static func stopping() { send(["STOPPING=1"]) }

    /// The service has begun to reload; ``ready(mainProcess:)`` ends that.
    ///
    /// By the time a manager that asked for the reload (`Type=notify-reload`) knows that this is the answer.
    public static func reloading() {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        send(["RELOADING=1", "MONOTONIC_USEC=\(now.tv_sec * 1_000_000 + now.tv_nsec / 1000)"])
    }

    /// How long the manager waits for the next `WATCHDOG=1` of this process; `nil` where it expects none
    /// (sd_watchdog_enabled(3)).
    public static var watchdog: Duration? {
        var time: UInt64 = 0
        return sd_watchdog_enabled(0, &time) > 0 ? .microseconds(time) : nil
    }

    /// The line that `systemctl status` shows.
    public static func status(_ text: String) { send(["STATUS=\(text)"]) }

    /// Extends `TimeoutStartSec=` to at least a time from now on (sd_notify(3), EXTEND_TIMEOUT_USEC=).
    public static func extendTimeout(by time: Duration) { send(["EXTEND_TIMEOUT_USEC=\(time.microseconds)"]) }

    /// Sends fields in one datagram.
    public static func send(_ fields: [String]) {
        // A manager that does not take the message is no reason to end the service.
        _ = sd_notify(0, fields.joined(separator: "\n"))
    }

    /// Waits until the manager has handled all messages that were sent before, and what it was doing meanwhile.
    ///
    /// The manager closes the descriptor that comes with `BARRIER=1` when it reaches the message (systemd 246). It has
    /// one thread, so what it had begun before (signalling a whole unit) is finished then.
    ///
    /// - Returns: `false` without a manager that takes messages: then nothing was waited for.
    /// - Throws: `CancellationError`, or ``SystemError`` without a descriptor for it.
    @LoopActor
    public static func barrier() async throws -> Bool {
        guard isHeard else { return false }
        let pipe = try Pipe()
        var theirs = pipe.writing.rawValue
        let sent = sd_pid_notify_with_fds(0, 0, "BARRIER=1", &theirs, 1)
        let ours = pipe.closingWriting()
        guard sent > 0 else { return false }
        _ = try await EventLoop.shared.wait(for: ours, to: [])
        return true
    }
}
