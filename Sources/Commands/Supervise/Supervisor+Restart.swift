// SPDX-License-Identifier: Apache-2.0

internal import Console
internal import Engine
internal import Linux
internal import Supervision
internal import Systemd

/// What the Engine has told that tells a restart of the container from its end.
@LoopActor
final class RestartSigns {
    /// Somebody had the Engine send the container a signal.
    private(set) var wasKilled = false
    /// The container is removed, or the Engine is away.
    private(set) var isGone = false
    /// When the container's last process had ended and all its output was logged, by the Engine's clock.
    private(set) var end: LogTime?
    /// How many events it has told of.
    private(set) var count = 0
    private var news: Waiter<Void>?
    /// Withdraws the questions to which there is no answer yet.
    private var withdrawals: [Int: () -> Void] = [:]
    private var questionCount = 0

    func noteKill() {
        wasKilled = true
        tell()
    }

    func noteGone() {
        isGone = true
        for withdraw in withdrawals.values { withdraw() }
        tell()
    }

    func noteEnd(at time: LogTime) {
        end = time
        tell()
    }

    /// Something else has happened that may have changed the container's state.
    func tell() {
        count += 1
        news?.resume(.success(()))
    }

    /// The Engine is back: whatever comes now is news.
    func clear() { (wasKilled, isGone) = (false, false) }

    /// Asks the Engine a question, which is withdrawn when the Engine goes away.
    ///
    /// systemd goes on to hold the socket of a daemon that is gone (docker.socket), so a connection waits for the next one;
    /// and that may itself wait for our unit to stop (`After=docker.service`).
    ///
    /// - Returns: The answer; `nil` where there is none, or none within `limit`.
    func answer<Answer: Sendable>(
        within limit: Duration, to question: @escaping @LoopActor () async throws -> Answer
    ) async -> Answer? {
        guard !isGone else { return nil }
        let task = EventLoop.shared.task {
            try await EventLoop.shared.within(limit, question)
        }
        questionCount += 1
        let number = questionCount
        withdrawals[number] = { task.cancel() }
        defer { withdrawals[number] = nil }
        let answer = try? await task.cancellableValue
        return answer ?? nil
    }

    /// Waits until there are more events than so many; `false` where none comes in time.
    func next(after count: Int, within limit: Duration) async -> Bool {
        guard self.count == count else { return true }
        let news = Waiter<Void>()
        self.news = news
        return (try? await EventLoop.shared.within(limit) { try await news.value }) != nil
    }
}

extension Supervisor {
    /// How often Docker is asked for a next process before it counts as sure that there is none, and microseconds from one
    /// time to the next.
    private static let (rounds, pause) = (5, Duration.milliseconds(100))

    /// When the process had ended, as far as the Engine's events tell.
    var end: LogTime? { signs.end }

    /// Whether the container goes on under another process, as `docker restart` makes it.
    ///
    /// The first half of that is a `docker stop`, and Docker's state is the same in the midst of the one and after the
    /// other. But it holds the container's lock while it sends a signal, until the event of it is out, and from the moment
    /// it begins to start the container until that runs: an inspection is answered after that. What is left is the moment
    /// from the end to the start's lock, in which Docker does nothing: as often as it answers us, it gets on with that, too.
    /// So a daemon that is slow, or stands still, has the time that it takes. Should it restart the container even later,
    /// the last look (``runsAgain()``) finds it.
    func goesOn() async -> Bool {
        var rounds = 0
        while true {
            // What is told from now on, the answer may not show yet.
            let told = signs.count
            guard let found = await inspect() else { return false }
            if await isNext(found.state) { return await follows(found) }
            // Without a signal by way of Docker it has no part in the end, and no restart follows but by a policy.
            guard await wasEndedByEngine() else {
                if isRestarted(found) { await overrule() }
                return false
            }
            if found.state.isRunning {
                // Docker has not noticed the end. It learns of it from containerd, whatever it was told to do.
                guard await signs.next(after: told, within: Self.timeout) else { return false }
                continue
            }
            guard rounds < Self.rounds else { return false }
            if !(await signs.next(after: told, within: Self.pause)) { rounds += 1 }
        }
    }

    /// Whether the container runs though its process has ended: it was started since.
    func runsAgain() async -> Bool {
        for _ in 0..<Self.rounds {
            let told = signs.count
            guard let found = await inspect() else { return false }
            if await isNext(found.state) { return await follows(found) }
            if isRestarted(found) {
                await overrule()
                return false
            }
            // What Docker does about the end shows once it has noticed.
            guard found.state.isRunning else { return false }
            _ = await signs.next(after: told, within: Self.pause)
        }
        return false
    }

    /// Whether Docker starts it again by itself.
    ///
    /// An update that fails half-way, as it does on a container that was moved, takes the policy back in what is shown of
    /// the container, but not in what Docker does.
    private func isRestarted(_ found: Container) -> Bool {
        !isOverruled && (found.hostConfig.restartsItself || found.state.status == .restarting)
    }

    private func inspect() async -> Container? {
        lastLook = .now
        return await signs.answer(within: Self.timeout) { [client, container] in
            try await client.inspect(container.id)
        }
    }

    /// Whether Docker tells of another process than ours, and that one lives.
    private func isNext(_ state: Container.State) async -> Bool {
        guard state.isRunning, state.process > 0, state.process != process?.id else { return false }
        return (try? ProcessWatch(state.process)).map { !$0.hasEnded } ?? false
    }

    /// Whether the next process is followed; else it is killed.
    private func follows(_ found: Container) async -> Bool {
        if let restarts = found.restarts, restarts > 0 {
            await overrule()
            return false
        }
        // Whoever asked us to stop meanwhile did not mean the process that is gone.
        guard !isStopping else {
            try? await client.kill(container.id, .kill)
            return false
        }
        if signs.end == nil, let death = await past([.die]).last {
            signs.noteEnd(at: death.time)
        }
        return true
    }

    /// Whether somebody else than we had the Engine end the process.
    private func wasEndedByEngine() async -> Bool {
        if isStopping && sendsByEngine { return false }
        if signs.wasKilled { return true }
        // Two connections to the Engine do not keep order: what the stream of events is still to tell, it remembers.
        return !(await past([.kill, .stop]).isEmpty)
    }

    private func past(_ kinds: [ContainerEvent.Kind]) async -> [ContainerEvent] {
        let events = await signs.answer(within: Self.timeout) { [client, container, birth] in
            try await client.pastEvents(of: container.id, kinds, since: birth)
        }
        return events ?? []
    }

    /// Keeps Docker from starting the container again by itself.
    ///
    /// A restart policy is refused at the start, but `docker update --restart` gives it one while it runs.
    private func overrule() async {
        isOverruled = true
        report(
            .warning,
            "container \(name) has a restart policy, but its unit's Restart= decides: killing it. "
                + "See docker update --restart=no"
        )
        do throws(EngineError) {
            // By a signal, also to a container that it is about to start, Docker learns that it is not to start it again.
            try await client.kill(container.id, .kill)
        } catch {
            // It does not run, and there is nothing to keep Docker from.
            guard !error.isConflict, !error.isNotFound else { return }
            report(.warning, "cannot keep Docker from restarting container \(name): \(error)")
        }
    }
}
