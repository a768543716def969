// SPDX-License-Identifier: Apache-2.0

/// The reloads of a service: each begins with SIGHUP, and the manager waits until it is told that the reload is done.
struct Reload: Sendable {
    enum Method: Sendable, Equatable {
        /// The container gets SIGHUP, and itself notifies the manager of the reload and its end.
        case container
        /// The container gets SIGHUP; the reload counts as done once the signal is delivered.
        case signal
        /// A command is run in the container in place of SIGHUP.
        case command
    }

    private enum State: Sendable, Equatable {
        case idle
        case signaling
        case running(again: Bool)
    }

    let method: Method
    private var state = State.idle
    /// SIGHUP came before the service was ready.
    private var isPending = false
    /// Why the last reload has failed; `nil` if it has not.
    private(set) var failure: String?

    init(_ method: Method) { self.method = method }

    var isRunning: Bool { state != .idle }

    mutating func begin(isReady: Bool) -> [Effect] {
        switch (method, state) {
        case (.container, _):
            return []
        case (.signal, .idle):
            guard isReady else { return [] }
            state = .signaling
            return [.announceReload]
        case (.command, .idle):
            guard isReady else {
                isPending = true
                return []
            }
            state = .running(again: false)
            return [.announceReload, .runReloadCommand]
        case (_, .running):
            // The configuration may have changed since the command has read it.
            state = .running(again: true)
            return []
        case (_, .signaling):
            return []
        }
    }

    /// The service is ready, so a pending reload begins.
    mutating func becameReady() -> [Effect] {
        guard isPending else { return [] }
        isPending = false
        return begin(isReady: true)
    }

    /// SIGHUP was delivered to the container.
    mutating func signaled() -> [Effect] {
        guard state == .signaling else { return [] }
        state = .idle
        return [.notify(["READY=1"])]
    }

    /// The command has ended; `failure` is the reason if it has failed.
    mutating func ended(failure: String?) -> [Effect] {
        guard case .running(let again) = state else { return [] }
        state = .idle
        self.failure = failure
        // A failed reload leaves the service running, and READY=1 is the only way to end a reload.
        return (failure.map { [.report(.reloadFailed($0))] } ?? []) + [.notify(["READY=1"])]
            + (again ? begin(isReady: true) : [])
    }
}
