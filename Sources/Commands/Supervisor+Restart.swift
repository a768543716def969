// SPDX-License-Identifier: Apache-2.0

internal import Engine
internal import Linux
internal import Supervision
internal import Systemd

/// What the Engine has told since somebody had it send the container a signal.
@LoopActor
final class RestartSigns {
    enum Sign: Sendable { case killed, died, started, gone }

    private var seen: Set<Sign> = []
    /// When the container's last process had ended and all its output was logged, by the Engine's clock.
    private(set) var end: LogTime?
    private var news: Waiter<Void>?

    func note(_ sign: Sign) {
        // What led up to an earlier signal has nothing to say about what this one does.
        if sign == .killed { seen = [] }
        seen.insert(sign)
        news?.resume(.success(()))
    }

    func noteDeath(at time: LogTime) {
        end = time
        note(.died)
    }

    /// The Engine is back: whatever comes now is news.
    func clear() { seen = [] }

    func contains(_ sign: Sign) -> Bool { seen.contains(sign) }

    /// Waits until one of them has come, but not for ever.
    func wait(for wanted: Set<Sign>, microseconds: UInt64) async {
        _ = try? await EventLoop.shared.within(microseconds: microseconds) {
            while self.seen.isDisjoint(with: wanted) {
                let news = Waiter<Void>()
                self.news = news
                try await news.value
            }
        }
    }
}

extension Supervisor {
    /// When the process had ended, as far as the Engine's events tell.
    var end: LogTime? { signs.end }

    /// How long Docker may take to let go of the container, and from the end of its process until it begins a new one.
    private static let restartPatience: UInt64 = 500_000
    /// Two connections to the Engine do not keep order: an event may be a little later than the answer to a question.
    private static let disorder: UInt64 = 20_000

    /// Whether the container goes on under another process, as `docker restart` makes it.
    ///
    /// The first half of that is a `docker stop`, and nothing tells them apart before the start, which follows at once. But
    /// Docker holds the container's lock while it sends a signal, until the event of it is out; and while it starts the
    /// container. So the answer to an inspection comes after that. Without a signal by way of Docker there is no restart.
    func goesOn() async -> Bool {
        // A daemon that is away is not asked: systemd would start it (docker.socket).
        guard let process, !signs.contains(.gone) else { return false }
        if !signs.contains(.killed) {
            _ = try? await EventLoop.shared.within(microseconds: Self.restartPatience) { [client, container] in
                try await client.inspect(container.id)
            }
            await signs.wait(for: [.killed, .died, .gone], microseconds: Self.disorder)
        }
        guard signs.contains(.killed), !(isStopping && sendsByEngine) else { return false }
        await signs.wait(for: [.started, .gone], microseconds: Self.restartPatience)
        guard !signs.contains(.gone), let state = try? await client.inspect(container.id).state,
            state.isRunning, state.process != process.id
        else { return false }
        // Whoever asked us to stop meanwhile did not mean the process that is gone.
        guard !isStopping else {
            try? await client.kill(container.id, .kill)
            return false
        }
        return true
    }
}
