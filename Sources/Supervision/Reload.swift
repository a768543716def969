// SPDX-License-Identifier: Apache-2.0

/// The reloads of a service: each begins with a SIGHUP, and the manager waits until it is told that it is done.
struct Reload: Sendable {
    enum Way: Sendable, Equatable {
        /// The container gets the SIGHUP, and says itself when it reloads and when it is done.
        case container
        /// The container gets the SIGHUP; nobody can tell more than that it has it.
        case signal
        /// A command in the container takes the place of the SIGHUP.
        case command
    }

    private enum State: Sendable, Equatable {
        case idle
        case signaling
        case running(again: Bool)
    }

    let way: Way
    private var state = State.idle
    /// A SIGHUP came before there was anything to reload.
    private var isWanted = false
    /// Why the last one came to nothing.
    private(set) var failure: String?

    init(_ way: Way) { self.way = way }

    var isRunning: Bool { state != .idle }

    mutating func begin(isReady: Bool) -> [StateMachine.Effect] {
        switch (way, state) {
        case (.container, _):
            return []
        case (.signal, .idle):
            guard isReady else { return [] }
            state = .signaling
            return [.announceReload]
        case (.command, .idle):
            guard isReady else {
                isWanted = true
                return []
            }
            state = .running(again: false)
            return [.announceReload, .runReloadCommand]
        case (_, .running):
            // What it reads may have changed since it began.
            state = .running(again: true)
            return []
        case (_, .signaling):
            return []
        }
    }

    /// The service is ready: now it can reload.
    mutating func becameReady() -> [StateMachine.Effect] {
        guard isWanted else { return [] }
        isWanted = false
        return begin(isReady: true)
    }

    /// The container has the SIGHUP.
    mutating func signaled() -> [StateMachine.Effect] {
        guard state == .signaling else { return [] }
        state = .idle
        return [.tell(["READY=1"])]
    }

    /// The command has ended; `failure` says why in vain.
    mutating func ended(failure: String?) -> [StateMachine.Effect] {
        guard case .running(let again) = state else { return [] }
        state = .idle
        self.failure = failure
        // A failed reload leaves the service as it was, and the manager knows no other end of a reload than this.
        return (failure.map { [.report(.reloadFailed($0))] } ?? []) + [.tell(["READY=1"])]
            + (again ? begin(isReady: true) : [])
    }
}
