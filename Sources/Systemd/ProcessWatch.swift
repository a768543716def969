// SPDX-License-Identifier: Apache-2.0

internal import Glibc
public import Linux

/// A process that is not our child, by a pidfd: a container's PID 1.
@LoopActor
public final class ProcessWatch {
    private let process: Linux.Process

    /// Opens a pidfd for it; throws ESRCH where the number is not in use.
    public init(_ id: Int32) throws(SystemError) { process = try Process(id) }

    /// Its number.
    public var id: Int32 { process.id }

    /// Whether it has ended, reaped or not (pidfd_open(2)).
    public var hasEnded: Bool {
        var ready = pollfd(fd: process.descriptor.rawValue, events: Int16(POLLIN), revents: 0)
        return poll(&ready, 1, 0) == 1
    }

    /// Sends it a signal; throws ESRCH once it was reaped.
    public func send(_ signal: Signal) throws(SystemError) { try process.send(signal) }

    /// Waits for its end.
    ///
    /// - Parameter limit: How long.
    /// - Returns: Whether it has ended by then.
    /// - Throws: `CancellationError` when the task is cancelled first, ``SystemError`` when it cannot be watched.
    public func ends(within limit: Duration) async throws -> Bool {
        try await EventLoop.shared.within(limit) {
            try await EventLoop.shared.wait(for: self.process.descriptor, to: .readable)
        } != nil
    }

    /// Calls a handler once, when it has ended.
    ///
    /// - Parameter handler: Called with its exit status; `nil` where the kernel does not report it.
    /// - Returns: The source, which has to be held until then; releasing it ends the watch.
    /// - Throws: ``SystemError`` when it cannot be watched.
    public func onEnd(_ handler: @escaping (ExitStatus?) -> Void) throws(SystemError) -> EventSource {
        // Held by the caller alone: the source holds this handler.
        weak var source: EventSource?
        let watch = try EventLoop.shared.watch(process.descriptor, for: .readable) { [weak self] ready in
            guard let self else { return }
            let status: ExitStatus?
            // It is readable when the process has ended, and hangs up when its parent, containerd's shim, has reaped
            // it: only then the kernel reports how it ended (PIDFD_INFO_EXIT).
            switch process.termination {
            case .pending where !ready.contains(.hungUp):
                try? source?.watch(for: [])
                return
            case .known(let found): status = found
            case .pending, .unknown: status = nil
            }
            source?.stop()
            handler(status)
        }
        source = watch
        return watch
    }
}
