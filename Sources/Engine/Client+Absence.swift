// SPDX-License-Identifier: Apache-2.0

internal import Linux
internal import Systemd

/// What to do while the Engine is away: it is being restarted, or has not been started yet.
extension Client {
    private static let (shortestPause, longestPause) = (Duration.milliseconds(100), Duration.seconds(1))
    /// What a daemon is given to go down: it stops its containers first, 15 s by default (`--shutdown-timeout`).
    private static let departure = Duration.seconds(20)

    /// Waits until the Engine answers again, after a stream or a call was cut.
    ///
    /// Before `docker.service` is stopped the daemon hangs up, and systemd goes on listening on its socket: whoever
    /// connects then starts it again behind the administrator's back (`docker.socket`). So nobody knocks before there
    /// is another daemon, as far as its pid file tells.
    ///
    /// Who returns finds in ``daemon`` whom to ask: the same as before where it goes on though it has hung up.
    ///   - lost: The ``daemon`` that the stream was opened with: of several that were cut each is noticed in its time,
    ///     and for the last of them the next daemon may be there already.
    /// - Throws: only when the task is cancelled.
    public func waitUntilBack(after lost: Int32?) async throws {
        let start = ContinuousClock.now
        var pause = Self.shortestPause
        while true {
            try await EventLoop.shared.sleep(pause)
            pause = min(pause * 2, Self.longestPause)
            let now = runningDaemon
            if let lost, now == nil || now == lost && ContinuousClock.now - start < Self.departure { continue }
            // Once somebody holds the socket for a daemon that is on its way up, that is all there is to wait for.
            guard (try? await transport.ping(timeout: nil)) != nil else { continue }
            daemon = runningDaemon
            return
        }
    }

    /// The daemon of the pid file beside the socket (dockerd(8), `--pidfile`); `nil` where there is none, or it has
    /// died.
    public var runningDaemon: Int32? {
        let folder = host.socket.lastIndex(of: "/").map { host.socket[..<$0] } ?? ""
        guard let text = try? Files.text("\(folder)/docker.pid"), let id = Int32(text.filter { !$0.isWhitespace })
        else {
            return nil
        }
        return Files.exists("/proc/\(id)") ? id : nil
    }
}
