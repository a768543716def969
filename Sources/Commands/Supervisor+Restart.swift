// SPDX-License-Identifier: Apache-2.0

internal import Engine
internal import Linux
internal import Supervision
internal import Systemd

/// What the Engine has told since somebody had it send the container a signal.
@LoopActor
final class RestartSigns {
    enum Sign: Sendable { case killed, died, reported, started, gone }

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

    /// How long Docker may take from the end of a container's process until it says so, or until it begins a new one.
    private static let restartPatience: UInt64 = 500_000
    /// Two connections to the Engine do not keep order: the events may be a little later than the answer to the wait.
    private static let disorder: UInt64 = 50_000

    /// Whether the container goes on under another process, as `docker restart` makes it.
    ///
    /// The first half of that is a `docker stop`, and nothing tells them apart before the start, which follows at once.
    /// A start holds the container's lock, so that the answer to an inspection waits until it is done, however long that
    /// takes. Without a signal by way of Docker there is no restart, and an end is told without delay.
    func goesOn() async -> Bool {
        guard let process else { return false }
        await signs.wait(for: [.killed, .died, .reported, .gone], microseconds: Self.restartPatience)
        if signs.contains(.reported) { await signs.wait(for: [.killed, .died], microseconds: Self.disorder) }
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
