// SPDX-License-Identifier: Apache-2.0

internal import Engine
internal import Supervision
internal import Systemd

extension Supervisor {
    /// What the Engine is asked to tell of a container.
    ///
    /// - Parameter everyCheck: each check of its health as well, not only that its health has changed: each is a
    ///   command that is run in it.
    static func kinds(everyCheck: Bool) -> [ContainerEvent.Kind] {
        let checks: [ContainerEvent.Kind] = [.commandStarted, .commandEnded]
        return ContainerEvent.Kind.allCases.filter { everyCheck || !checks.contains($0) }
    }

    /// Follows what happens to the container until it is over, over as many streams as that takes.
    func follow(_ events: ContainerEvents) {
        background { [weak self, client, container] in
            var events: ContainerEvents? = events
            var session = client.daemon.session
            while let self, !Task.isCancelled {
                if let events {
                    current = events
                    await handleAll(events)
                    events.close()
                    current = nil
                    guard !Task.isCancelled else { return }
                    if !wantsNextStream { client.daemon.lost(session) }
                }
                if !wantsNextStream {
                    guard (try? await client.daemon.back(after: session)) != nil else { return }
                }
                wantsNextStream = false
                session = client.daemon.session
                events = try? await client.events(of: container.id, Self.kinds(everyCheck: wantsEveryCheck))
                // What happened between the two streams.
                if events != nil { look() }
            }
        }
    }

    /// Handles events until the stream ends.
    private func handleAll(_ events: ContainerEvents) async {
        while let event = try? await events.next() { handle(event) }
    }

    /// Goes on with another stream: it is ready, and not each check of its health counts any more.
    func listenLess() {
        guard wantsEveryCheck else { return }
        wantsEveryCheck = false
        wantsNextStream = true
        current?.close()
    }

    private func handle(_ event: ContainerEvent) {
        switch event.kind {
        // Two connections to the Engine do not keep order, so the event says no more than that there is something to see.
        case .pause, .unpause, .health, .commandStarted, .commandEnded: look()
        case .kill: signs.noteKill()
        case .die: signs.noteEnd(at: event.time)
        case .destroy: signs.noteGone()
        case .oom: handle(.ranOutOfMemory)
        case .start, .stop, .restart: signs.tell()
        case .create, .rename: break
        }
    }

    /// Asks the Engine how the container is, once more if something happens meanwhile.
    func look() {
        hasNews = true
        guard !isLooking else { return }
        isLooking = true
        background { [weak self, client, container] in
            while let self, hasNews, !Task.isCancelled {
                hasNews = false
                // An Engine that is away has nothing to tell, and a container that is gone is seen by others.
                guard let state = try? await client.inspect(container.id).state else { break }
                handle(state)
            }
            self?.isLooking = false
        }
    }

    private func handle(_ state: Container.State) {
        guard state.isRunning else { return }
        handle(.paused(state.status == .paused))
        guard container.config.hasHealthcheck, let health = state.health else { return }
        let status: Health.Status
        switch health.status {
        case .starting: status = .starting
        case .healthy: status = .healthy
        case .unhealthy: status = .unhealthy
        case .disabled, .other: return
        }
        let check = health.log?.last
        lastCheck = check.map {
            let words = $0.output.split(whereSeparator: \.isNewline).joined(separator: " ")
            return "its last check ended with \($0.exitCode)" + (words.isEmpty ? "" : ": \(words.prefix(300))")
        }
        handle(.health(Health(status, failures: health.failingStreak, lastCheck: check?.end)))
    }
}
