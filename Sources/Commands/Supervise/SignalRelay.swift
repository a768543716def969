// SPDX-License-Identifier: Apache-2.0

internal import Linux
internal import Systemd

/// The signals that we are sent, in order, and whether the container was sent them too.
@LoopActor
final class SignalRelay {
    /// The signals that the container gets from us: all that a user sends to a process, but those that end or stop us.
    nonisolated static let signals: [Signal] =
        [.terminate, .interrupt, .hangup, .quit, .abort, .user1, .user2, .windowChange, .continue]
        + Signal.realTime.map(Signal.init(rawValue:))

    enum News: Sendable, Equatable {
        /// A signal has come.
        case signaled(Signal)
        /// To whom it went: `reachedContainer` says, to every process of the unit.
        case addressed(Signal, reachedContainer: Bool)
    }

    private var sources: [EventSource] = []
    private var witness: SignalWitness?
    /// What the witness was sent and we were not yet: a stop may send SIGTERM, SIGCONT and SIGHUP in one go.
    private var noted: [(signal: Signal, time: ContinuousClock.Instant)] = []
    /// Two signals of one number that arrive together are one to us (signal(7)) and may be two to the witness: what was
    /// not asked for by then is forgotten.
    private static let noteLife = Duration.seconds(2)
    private var waiting: [Signal] = []
    private var isDeciding = false
    private var receiver: ((News) -> Void)?
    /// Called at once for each signal, until somebody supervises.
    private var interrupter: ((Signal) -> Void)?

    init(interrupter: @escaping (Signal) -> Void) throws(SystemError) {
        self.interrupter = interrupter
        for signal in Self.signals {
            sources.append(try EventLoop.shared.onSignal(signal) { [weak self] in self?.take(signal, from: $0) })
        }
    }

    /// Notes from now on which signals the whole unit is sent.
    ///
    /// To be called where we sit in the cgroup in which we stay, before the container is in the unit.
    func watchUnit() throws(SystemError) { witness = try SignalWitness(of: Self.signals) }

    /// What takes care of the container if we are killed: words for our own program, without its name; `nil` for nothing.
    func leave(to words: [String]?) { witness?.successor = words.map { ["systemd-docker"] + $0 } }

    /// Hands over the signals that came so far, and those to come.
    func begin(_ receiver: @escaping (News) -> Void) {
        interrupter = nil
        self.receiver = receiver
        for signal in waiting { receiver(.signaled(signal)) }
        decide()
    }

    /// Keeps what comes from now on for the next receiver.
    func hold() { receiver = nil }

    /// Ends the witness, so that no process of ours is left when we end.
    func end() {
        sources = []
        witness = nil
    }

    private func take(_ signal: Signal, from sender: SignalSender) {
        // A window's new size is our terminal's affair: the container learns of it by way of its own terminal, and as a
        // signal it would end some servers (httpd).
        if signal == .windowChange, sender.isKernel {
            receiver?(.signaled(signal))
            return
        }
        interrupter?(signal)
        waiting.append(signal)
        receiver?(.signaled(signal))
        decide()
    }

    private func decide() {
        guard !isDeciding, receiver != nil, !waiting.isEmpty else { return }
        isDeciding = true
        EventLoop.shared.task {
            while self.receiver != nil, !self.waiting.isEmpty {
                let signal = self.waiting.removeFirst()
                let reached = await self.reachedUnit(signal)
                self.receiver?(.addressed(signal, reachedContainer: reached))
            }
            self.isDeciding = false
        }
    }

    private func reachedUnit(_ signal: Signal) async -> Bool {
        guard let witness else { return false }
        do {
            // The manager signals the main process first and the others after it, without a pause: once it has got to
            // our barrier it is done with them all.
            let isHeard = try await EventLoop.shared.within(.seconds(5)) {
                try await Notification.barrier()
            }
            if isHeard != true {
                // The manager does not listen to us (Type=simple), so all that we can give whoever sends is time.
                try await EventLoop.shared.sleep(.milliseconds(50))
            }
            try await EventLoop.shared.within(.seconds(1)) { try await self.readNotes(of: witness) }
        } catch {
            // Without an answer the signal is relayed: a second one does less harm than none.
            return false
        }
        guard let index = noted.firstIndex(where: { $0.signal == signal }) else { return false }
        noted.remove(at: index)
        return true
    }

    /// Takes down what the witness was sent until now.
    private func readNotes(of witness: SignalWitness) async throws {
        let now = ContinuousClock.now
        noted.removeAll { now - $0.time > Self.noteLife }
        try witness.mark()
        while true {
            for note in try witness.takeNotes() {
                if witness.isMark(note) { return }
                noted.append((note.signal, now))
            }
            _ = try await EventLoop.shared.wait(for: witness.descriptor, to: .readable)
        }
    }
}

extension SignalSender {
    /// No process sent it (SI_KERNEL of sigaction(2)): a terminal did.
    fileprivate var isKernel: Bool { process == 0 && code == 0x80 }
}
