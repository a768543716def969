// SPDX-License-Identifier: Apache-2.0

internal import Engine
internal import Glibc
internal import Linux
internal import RunOptions
internal import Systemd

/// `systemd-docker update`: the newest images for the units that run with `--auto-update`, and the old ones again where a
/// unit does not come up.
@LoopActor
final class Update {
    /// Under this name an image is kept that a unit may have to go back to, so that no clean-up takes it for dangling.
    static let keptRepository = "systemd-docker-rollback"
    /// How long a container without a HEALTHCHECK has to run before its image counts as good, in microseconds.
    private static let probation: UInt64 = 10_000_000

    private let wrapper: WrapperOptions
    private let options: UpdateOptions
    private let environment: [String: String]
    private let diagnostics: Diagnostics
    private var hasFailed = false
    private var interruption: Signal?
    private var pull: Task<Void, any Error>?

    init(
        _ wrapper: WrapperOptions, _ options: UpdateOptions, environment: [String: String], diagnostics: Diagnostics
    ) {
        self.wrapper = wrapper
        self.options = options
        self.environment = environment
        self.diagnostics = diagnostics
    }

    /// The signals that end it; to be blocked before the loop runs.
    nonisolated static let signals = Pull.signals

    /// Updates them all, says so on stdout, and returns how this process has to end.
    func callAsFunction() async -> ExitStatus {
        do {
            let sources = try Self.signals.map { signal in
                try EventLoop.shared.onSignal(signal) { [weak self] _ in
                    // Only a pull ends at once: a unit that has been restarted is not left on an image of which nobody
                    // knows whether it does.
                    self?.interruption = signal
                    self?.pull?.cancel()
                }
            }
            defer { withExtendedLifetime(sources) {} }
            try await update()
        } catch {
            diagnostics.error("update: \(error)")
            return .exited(LaunchError.Code.engine.rawValue)
        }
        if let interruption { return .signaled(interruption) }
        return .exited(hasFailed ? 1 : 0)
    }

    /// A unit whose container runs.
    private struct Candidate {
        let label: UpdateLabel
        let reference: ImageReference
        let imageID: String

        init?(_ container: ContainerSummary) {
            guard let label = container.labels[UpdateLabel.name].flatMap(UpdateLabel.init),
                let reference = ImageReference(label.image)
            else { return nil }
            self.label = label
            self.reference = reference
            imageID = container.imageID
        }

        var unit: Unit { Unit(name: label.unit, isUser: label.user != nil) }
    }

    private func update() async throws {
        let client = try await Client.connect(environment: environment, patience: wrapper.engineTimeout)
        // A user's update is about the units of that user's manager, root's about the system's.
        let isUser = Unit.ofThisProcess()?.isUser ?? (geteuid() != 0)
        let user = isUser ? geteuid() : nil
        let found = try await client.list(filters: ["label": [UpdateLabel.name], "status": ["running"]])
            .compactMap(Candidate.init).filter { $0.label.user == user }
        if found.isEmpty { Program.show("no running unit has --auto-update\n") }
        // Units that share an image share its name: they go over to the new one together, and back.
        let groups = Dictionary(grouping: found) {
            [$0.reference.name, $0.reference.version, $0.label.platform ?? ""]
        }
        for (_, group) in groups.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) where interruption == nil {
            do {
                try await update(group.sorted { $0.label.unit < $1.label.unit }, client)
            } catch {
                if interruption != nil, error is CancellationError { return }
                hasFailed = true
                diagnostics.error("update \(group[0].label.image): \(error)")
            }
        }
    }

    // MARK: One image

    private func update(_ group: [Candidate], _ client: Client) async throws {
        let (label, reference) = (group[0].label, group[0].reference)
        let container = try ContainerOptions(
            parsing: ["--quiet"] + (label.platform.map { ["--platform", $0] } ?? []) + [label.image],
            environment: environment)
        let puller = ImagePull(
            reference, client, container, timeout: wrapper.pullTimeout, environment: environment, diagnostics)
        if options.isDry { return try await tell(group, try await puller.digestInRegistry(), client) }

        let kept = Set(group.map(\.imageID)).sorted()
        for image in kept { try await client.tag(image, repository: Self.keptRepository, tag: Self.short(image)) }
        let outcome: Result<Void, any Error>
        do {
            let pull = EventLoop.shared.task { try await puller(keepsLocal: false) }
            self.pull = pull
            defer { self.pull = nil }
            if interruption != nil { pull.cancel() }
            try await pull.value
            try await restart(group, on: try await client.inspectImage(label.image).id, client)
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        for image in kept {
            let name = "\(Self.keptRepository):\(Self.short(image))"
            do throws(EngineError) {
                try await client.removeImage(name)
            } catch {
                diagnostics.warning("remove the name \(name): \(error)")
            }
        }
        try outcome.get()
    }

    private func restart(_ group: [Candidate], on image: String, _ client: Client) async throws {
        var updated: [Candidate] = []
        for candidate in group where interruption == nil {
            guard candidate.imageID != image else {
                Program.show("\(candidate.label.unit): \(candidate.label.image) is up to date\n")
                continue
            }
            let state = try await candidate.unit.state().active
            guard state == "active" else {
                Program.show("\(candidate.label.unit): left alone, for it is \(state)\n")
                continue
            }
            let change = "\(candidate.label.image), from \(Self.short(candidate.imageID)) to \(Self.short(image))"
            guard let fault = try await restart(candidate, client) else {
                updated.append(candidate)
                Program.show("\(candidate.label.unit): updated \(change)\n")
                continue
            }
            hasFailed = true
            diagnostics.error("\(candidate.label.unit): updated \(change): \(fault): going back")
            for back in [candidate] + updated.reversed() { try await goBack(back, client) }
            return
        }
    }

    private func goBack(_ candidate: Candidate, _ client: Client) async throws {
        let words = "\(candidate.label.unit): went back to the old image (\(Self.short(candidate.imageID)))"
        // The name first: systemd may start the unit again any moment.
        let reference = candidate.reference
        try await client.tag(candidate.imageID, repository: reference.name, tag: reference.version)
        if let fault = try await restart(candidate, client) {
            diagnostics.error("\(words): \(fault)")
        } else {
            diagnostics.warning(words)
        }
    }

    // MARK: One unit

    /// Restarts a unit, and says what is wrong with it then; `nil` when it is up, stays up, and is well.
    private func restart(_ candidate: Candidate, _ client: Client) async throws -> String? {
        let unit = candidate.unit
        guard try await unit.restart() else { return "it did not come up" }
        let started = try await unit.state()
        let filters = ["label": ["\(UpdateLabel.name)=\(candidate.label.value)"], "status": ["running"]]
        guard let container = try await client.list(filters: filters).first else { return "it has no container" }
        if let fault = try await fault(in: container.id, client) { return fault }
        guard started.active == "active", try await unit.state() == started else { return "it did not stay up" }
        return nil
    }

    /// Waits for the first verdict of a container's HEALTHCHECK, or whether it runs on without one.
    private func fault(in container: String, _ client: Client) async throws -> String? {
        let events = try await client.events(of: container, [.health, .die])
        defer { events.close() }
        let hasHealthcheck = try await Self.find(container, client)?.config.hasHealthcheck ?? false
        let fault = try await EventLoop.shared.within(microseconds: hasHealthcheck ? nil : Self.probation) {
            () async throws -> String? in
            while let found = try await Self.find(container, client), found.state.isRunning {
                switch found.state.health?.status {
                case "healthy": return nil
                case "unhealthy": return "it is unhealthy"
                default: _ = try await events.next()
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
    private func tell(_ group: [Candidate], _ digest: String, _ client: Client) async throws {
        for candidate in group {
            let isCurrent = try await client.inspectImage(candidate.imageID).digests.contains {
                $0.hasSuffix("@\(digest)")
            }
            Program.show(
                isCurrent
                    ? "\(candidate.label.unit): \(candidate.label.image) is up to date\n"
                    : "\(candidate.label.unit): would update \(candidate.label.image) to \(digest)\n")
        }
    }

    /// The digits of an ID that docker shows.
    private static func short(_ id: String) -> String { String(id.replacing("sha256:", with: "").prefix(12)) }
}
