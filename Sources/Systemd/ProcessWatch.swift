// SPDX-License-Identifier: Apache-2.0

internal import Glibc
public import Linux

/// PID 1 of the container, held by the kernel.
@LoopActor
public final class ProcessWatch {
    private let process: Linux.Process

    /// Takes hold of it; throws ESRCH when it has ended.
    public init(_ id: Int32) throws(SystemError) { process = try Process(id) }

    /// Its number on the host.
    public var id: Int32 { process.id }

    /// Whether it has ended, reaped or not (pidfd_open(2)).
    public var hasEnded: Bool {
        var ready = pollfd(fd: process.descriptor.rawValue, events: Int16(POLLIN), revents: 0)
        return poll(&ready, 1, 0) == 1
    }

    /// Sends it a signal.
    public func send(_ signal: Signal) throws(SystemError) { try process.send(signal) }

    /// Whether it has ended, or does so within a time.
    public func ends(within limit: Duration) async throws -> Bool {
        try await EventLoop.shared.within(limit) {
            try await EventLoop.shared.wait(for: self.process.descriptor, to: .readable)
        } != nil
    }

    /// Calls `handler` once, when it has ended, with how, if the kernel tells.
    public func onEnd(_ handler: @escaping (ExitStatus?) -> Void) throws(SystemError) -> EventSource {
        var source: EventSource?
        let watch = try EventLoop.shared.watch(process.descriptor, for: .readable) { [weak self] ready in
            guard let self else { return }
            let status = process.exitStatus
            // It is readable when the process has ended, and hangs up when its parent, containerd's shim, has reaped
            // it: only then the kernel tells how (PIDFD_INFO_EXIT).
            if status == nil, process.awaitsExitStatus, !ready.contains(.hungUp) {
                try? source?.watch(for: [])
                return
            }
            source?.stop()
            source = nil
            handler(status)
        }
        source = watch
        return watch
    }
}
