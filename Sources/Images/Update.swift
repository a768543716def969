// SPDX-License-Identifier: Apache-2.0

internal import Claims
public import Console
internal import Engine
internal import Glibc
public import Linux
public import RunOptions
public import Systemd

/// `systemd-docker update`: the newest images for the units that run with `--auto-update`, and the old ones again where a
/// unit does not come up.
@LoopActor
public final class Update {
    /// Under this name an image is kept that a unit may have to go back to, so that no clean-up takes it for dangling.
    static let keptRepository = "systemd-docker-rollback"
    /// How long a container without a HEALTHCHECK has to run before its image counts as good.
    private static let probation = Duration.seconds(10)

    private let wrapper: WrapperOptions
    private let options: UpdateOptions
    private let environment: [String: String]
    private let diagnostics: Diagnostics
    private let surroundings: Surroundings
    private var hasFailed = false
    private var interruption: Signal?
    private var pull: Task<Void, any Error>?

    /// What an update acts on beside the Engine, for tests to replace.
    struct Surroundings: Sendable {
        var show: @LoopActor (String) -> Void = { print(toStandardOutput: $0) }
        var state: @LoopActor (Unit) async throws -> Unit.State = { try await $0.state() }
        var restart: @LoopActor (Unit) async throws -> Bool = { try await $0.restart() }
        /// `nil` asks the kernel.
        var search: UpdateSearch?
    }

    public convenience init(
        _ wrapper: WrapperOptions, _ options: UpdateOptions, environment: [String: String], diagnostics: Diagnostics
    ) {
        self.init(
            wrapper, options, environment: environment, diagnostics: diagnostics, surroundings: Surroundings())
    }

    init(
        _ wrapper: WrapperOptions, _ options: UpdateOptions, environment: [String: String], diagnostics: Diagnostics,
        surroundings: Surroundings
    ) {
        self.wrapper = wrapper
        self.options = options
        self.environment = environment
        self.diagnostics = diagnostics
        self.surroundings = surroundings
    }

    /// The signals that end it; to be blocked before the loop runs.
    public nonisolated static let signals = Pull.signals

    /// Updates them all, says so on stdout, and returns how this process has to end.
    public func callAsFunction() async -> ExitStatus {
        do {
            let sources = try Self.signals.map { signal in
                try EventLoop.shared.onSignal(signal) { [weak self] _ in self?.interrupt(by: signal) }
            }
            defer { withExtendedLifetime(sources) {} }
            return await run()
        } catch {
            diagnostics.error("update: \(error)")
            return .exited(CommandError.Code.engine.rawValue)
        }
    }

    /// Only a pull ends at once: a unit that has been restarted is not left on an image that may be no good.
    public func interrupt(by signal: Signal) {
        interruption = signal
        pull?.cancel()
    }

    /// The same without the signals.
    public func run() async -> ExitStatus {
        do {
            try await update()
        } catch {
            diagnostics.error("update: \(error)")
            return .exited(CommandError.Code.engine.rawValue)
        }
        if let interruption { return .signaled(interruption) }
        return .exited(hasFailed ? 1 : 0)
    }

    private func update() async throws {
        let client = try await Client.connect(environment: environment, timeout: wrapper.engineTimeout)
        let search = surroundings.search ?? self.search(client)
        let found = try await search.candidates(client) { diagnostics.notice("\($0): passed over") }
        if found.isEmpty { surroundings.show("no running unit has --auto-update\n") }
        // Units that share an image share its name: they go over to the new one together, and back.
        let groups = Dictionary(grouping: found) {
            [$0.update.reference.name, $0.update.reference.version, $0.update.platform ?? ""]
        }
        for (_, group) in groups.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) where interruption == nil {
            do {
                try await update(group.sorted { $0.unit.name < $1.unit.name }, search, client)
            } catch {
                if interruption != nil, error is CancellationError { return }
                hasFailed = true
                diagnostics.error("update \(group[0].image): \(error)")
            }
        }
    }

    private func search(_ client: Client) -> UpdateSearch {
        // A user's update is about the units of that user's manager, root's about the system's.
        let isUser = Unit.ofThisProcess()?.isUser ?? (geteuid() != 0)
        let engine = (try? Files.resolve(client.host.socket)) ?? client.host.socket
        let addresses = [Address.ofOwner(runtimeDirectory: environment["XDG_RUNTIME_DIR"]), .abstract]
        return UpdateSearch(user: isUser ? geteuid() : nil) { container throws(SystemError) in
            try Owner.find(of: Subject(container: container, engine: engine), at: addresses)?.process
        }
    }

    // MARK: One image

    private func update(_ group: [UpdateCandidate], _ search: UpdateSearch, _ client: Client) async throws {
        let update = group[0].update
        // The platform is the units', too, not ours.
        let container = try ContainerOptions(
            parsing: ["--quiet"] + (update.platform.map { ["--platform", $0] } ?? []) + [update.image],
            environment: environment.filter { $0.key != "DOCKER_DEFAULT_PLATFORM" })
        let puller = ImagePull(
            update.reference, client, container, timeout: wrapper.pullTimeout.microseconds, environment: environment,
            diagnostics)
        if options.isDryRun { return try await tell(group, try await puller.digestInRegistry(), client) }

        let kept = Set(group.map(\.imageID)).sorted()
        for image in kept { try await client.tag(image, repository: Self.keptRepository, tag: Self.short(image)) }
        let outcome: Result<Void, any Error>
        do {
            let pull = EventLoop.shared.task { try await puller(keepsLocal: false) }
            self.pull = pull
            defer { self.pull = nil }
            if interruption != nil { pull.cancel() }
            try await pull.value
            try await restart(group, on: try await client.inspectImage(update.image).id, search, client)
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        for image in kept { await release(image, client) }
        try outcome.get()
    }

    /// Takes our name from an image again.
    private func release(_ image: String, _ client: Client) async {
        let name = "\(Self.keptRepository):\(Self.short(image))"
        do throws(EngineError) {
            do throws(EngineError) {
                try await client.removeImage(name)
            } catch {
                // The last name of an image that a container uses is not to be removed (containerd's image store). With
                // a name that says that the image is not needed, this one is not the last.
                guard error.isConflict else { throw error }
                _ = try await client.markUnused(image)
                try await client.removeImage(name)
            }
        } catch {
            diagnostics.warning("remove the name \(name): \(error)")
        }
    }

    private func restart(
        _ group: [UpdateCandidate], on image: String, _ search: UpdateSearch, _ client: Client
    ) async throws {
        var updated: [UpdateCandidate] = []
        for former in group where interruption == nil {
            // It was another unit's turn, or the registry's: what was proved then may hold no more.
            guard let candidate = try await current(former, search, client) else {
                surroundings.show("\(former.unit.name): left alone, for it does not run \(former.image) any more\n")
                continue
            }
            guard candidate.imageID != image else {
                surroundings.show("\(candidate.unit.name): \(candidate.image) is up to date\n")
                continue
            }
            let state = try await surroundings.state(candidate.unit).active
            guard state == "active" else {
                surroundings.show("\(candidate.unit.name): left alone, for it is \(state)\n")
                continue
            }
            let change = "\(candidate.image), from \(Self.short(former.imageID)) to \(Self.short(image))"
            guard let fault = try await restart(candidate, search, client) else {
                updated.append(former)
                surroundings.show("\(candidate.unit.name): updated \(change)\n")
                continue
            }
            hasFailed = true
            diagnostics.error("\(candidate.unit.name): updated \(change): \(fault): going back")
            // The name first: systemd may start a unit again any moment.
            let reference = former.update.reference
            try await client.tag(former.imageID, repository: reference.name, tag: reference.version)
            try await goBack(former, search, client)
            for other in updated.reversed() {
                guard try await mayGoBack(other, search, client) else {
                    diagnostics.warning("\(other.unit.name): left alone, for it does not run \(other.image) any more")
                    continue
                }
                try await client.tag(other.imageID, repository: reference.name, tag: reference.version)
                try await goBack(other, search, client)
            }
            return
        }
    }

    /// What a candidate is now; `nil` where its unit does not run that image's container any more, or is not to be
    /// updated.
    private func current(
        _ candidate: UpdateCandidate, _ search: UpdateSearch, _ client: Client
    ) async throws -> UpdateCandidate? {
        try await search.candidates(of: candidate.unit, client).first(where: candidate.isSame)
    }

    /// Whether a unit that was updated still runs that image, or has failed with it; else a person has stopped or changed
    /// it meanwhile.
    private func mayGoBack(
        _ candidate: UpdateCandidate, _ search: UpdateSearch, _ client: Client
    ) async throws -> Bool {
        if try await current(candidate, search, client) != nil { return true }
        return ["failed", "activating"].contains(try await surroundings.state(candidate.unit).active)
    }

    private func goBack(_ candidate: UpdateCandidate, _ search: UpdateSearch, _ client: Client) async throws {
        let words = "\(candidate.unit.name): went back to the old image (\(Self.short(candidate.imageID)))"
        if let fault = try await restart(candidate, search, client) {
            diagnostics.error("\(words): \(fault)")
        } else {
            diagnostics.warning(words)
        }
    }

    // MARK: One unit

    /// Restarts a unit, and says what is wrong with it then; `nil` when it is up, stays up, and is well.
    private func restart(
        _ candidate: UpdateCandidate, _ search: UpdateSearch, _ client: Client
    ) async throws -> String? {
        let unit = candidate.unit
        guard try await surroundings.restart(unit) else { return "it did not come up" }
        let started = try await surroundings.state(unit)
        guard let new = try await current(candidate, search, client) else { return "it has no container" }
        if let fault = try await fault(in: new.container, client) { return fault }
        guard started.active == "active", try await surroundings.state(unit) == started else {
            return "it did not stay up"
        }
        return nil
    }

    /// Waits for the first verdict of a container's HEALTHCHECK, or whether it runs on without one.
    private func fault(in container: String, _ client: Client) async throws -> String? {
        let events = try await client.events(of: container, [.health, .die])
        defer { events.close() }
        let hasHealthcheck = try await Self.find(container, client)?.config.hasHealthcheck ?? false
        let fault = try await EventLoop.shared.within(hasHealthcheck ? nil : Self.probation) {
            () async throws -> String? in
            while let found = try await Self.find(container, client), found.state.isRunning {
                switch found.state.health?.status {
                case .healthy: return nil
                case .unhealthy: return "it is unhealthy"
                case .starting, .disabled, .other, nil: _ = try await events.next()
                }
            }
            return "its container has ended"
        }
        return fault ?? nil
    }

    /// - Returns: `nil` for a container that has been removed.
    private static func find(_ container: String, _ client: Client) async throws(EngineError) -> Container? {
        do throws(EngineError) {
            return try await client.inspect(container)
        } catch {
            guard error.isNotFound else { throw error }
            return nil
        }
    }

    // MARK: Words

    /// Says what would happen.
    private func tell(_ group: [UpdateCandidate], _ digest: String, _ client: Client) async throws {
        for candidate in group {
            let isCurrent = try await client.inspectImage(candidate.imageID).digests.contains {
                $0.hasSuffix("@\(digest)")
            }
            surroundings.show(
                isCurrent
                    ? "\(candidate.unit.name): \(candidate.image) is up to date\n"
                    : "\(candidate.unit.name): would update \(candidate.image) to \(digest)\n")
        }
    }

    /// The digits of an ID that docker shows.
    private static func short(_ id: String) -> String { String(id.replacing("sha256:", with: "").prefix(12)) }
}
