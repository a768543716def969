// SPDX-License-Identifier: Apache-2.0

internal import Cgroups
internal import Console
internal import Engine
internal import RunOptions
internal import Systemd

/// Looks for the container that a run begins with.
@LoopActor
struct Lookup {
    let job: Job
    let client: Client
    let ownership: ContainerOwnership
    let identity: Identity

    /// Looks for a container of our name, and clears away one that is not to be kept.
    ///
    /// - Parameter nameIsTaken: The Engine has said so when it was to make one.
    /// - Returns: What to begin with.
    /// - Throws: ``CommandError`` where a living process owns the container, or it is not what was asked for.
    func lookUp(nameIsTaken: Bool) async throws -> Found {
        guard let name = job.name else { return .nothing }
        do {
            let container = try await client.inspect(name)
            // To the Engine `db` is a name, or the beginning of any ID. Which of the two it was shows when a container is
            // to be made of this name.
            if !nameIsTaken, container.id.hasPrefix(name) { return .nothing }
            try await ownership.takeContainer(container.id)
            try await ownership.refuseMainProcess(container)
            switch container.state.status {
            case .removing:
                job.show("waiting for the removal of the former container \(name)")
                try await client.waitUntilRemoved(container.id)
                return .nothing
            case .running, .restarting:
                return try await running(container, name)
            case .paused:
                throw CommandError("take over container \(name): it is paused: docker unpause \(name), or remove it")
            case .created, .exited, .dead, .other:
                return try await stopped(container, name)
            }
        } catch let error as EngineError {
            guard error.isNotFound else { throw CommandError("look up container \(name)", error) }
            return .nothing
        }
    }

    private func running(_ container: Container, _ name: String) async throws -> Found {
        let isOurs = try await Identity.isOurs(container, client)
        if isOurs, identity.differs(from: container.config.labels?[Identity.labelName] ?? "") {
            job.diagnostics.notice("container \(name) is running with other arguments: replacing it")
            try await stop(container, name)
            try await client.remove(container.id)
            return .nothing
        }
        if isOurs, job.wrapper.placement != .none, let unit = job.unit,
            try UnitGroup(unit: unit.name, membership: .ofThisProcess()).isOutside(container.state)
        {
            // A wrapper that was killed while it started the container. Where it is now no limit of the unit holds.
            job.diagnostics.notice(
                "container \(name) was left outside of \(unit.name) by a start that was killed: replacing it")
            try await stop(container, name)
            guard !job.options.removesOnExit else {
                try await client.remove(container.id)
                return .nothing
            }
            return .stopped(try await client.inspect(container.id))
        }
        if !isOurs { try await checkReuse(of: container, name) }
        try await forgetRestartPolicy(of: container, name)
        job.diagnostics.notice("container \(name) is running already: taking it over")
        return .running(container)
    }

    private func stopped(_ container: Container, _ name: String) async throws -> Found {
        guard !job.options.removesOnExit else {
            job.show("removing the former container \(name)")
            try await client.remove(container.id)
            return .nothing
        }
        if container.config.labels?[Identity.labelName] != identity.label {
            try await checkReuse(of: container, name)
            // Of a container that was made by hand nothing tells with what arguments.
            if try await Identity.isOurs(container, client),
                identity.differs(from: container.config.labels?[Identity.labelName] ?? "")
            {
                job.diagnostics.warning(
                    "container \(name) was made with other arguments: starting it as it is. docker rm \(name) makes room for another"
                )
            }
        }
        try await forgetRestartPolicy(of: container, name)
        return .stopped(container)
    }

    private func stop(_ container: Container, _ name: String) async throws {
        job.show("stopping the former container \(name)")
        try await client.stop(container.id)
    }

    /// Refuses a container that was made for something else than what is asked for, where that cannot be mended.
    private func checkReuse(of container: Container, _ name: String) async throws {
        func refusal(_ what: String) -> CommandError {
            CommandError(
                "cannot use container \(name): \(what). Remove it (docker rm --force \(name)), or choose another --name"
            )
        }
        if container.hostConfig.removesItself, !job.options.removesOnExit {
            throw refusal("it was made with --rm, so Docker would remove it when it ends")
        }
        if let image = container.config.image, image != job.options.image,
            try await imageID(job.options.image) != container.image
        {
            throw refusal("its image is \(image), not \(job.options.image)")
        }
        let (mode, requested) = (container.hostConfig.networkMode ?? "", job.options.request.hostConfig.networkMode)
        if try await network(mode) != network(requested) {
            throw refusal("its network is \(mode), not \(requested)")
        }
    }

    /// - Returns: `nil` for an image that is not there.
    private func imageID(_ image: String) async throws(EngineError) -> String? {
        do throws(EngineError) {
            return try await client.inspectImage(image).id
        } catch {
            if error.isNotFound { return nil }
            throw error
        }
    }

    /// One spelling for each network mode: the default one has three, and the Engine replaces a container's name by its ID.
    private func network(_ mode: String) async throws(EngineError) -> String {
        if ["", "default", "bridge"].contains(mode) { return "bridge" }
        guard mode.hasPrefix("container:") else { return mode }
        let other = mode.dropFirst("container:".count)
        do throws(EngineError) {
            return "container:\(try await client.inspect(String(other)).id)"
        } catch {
            if error.isNotFound { return mode }
            throw error
        }
    }

    /// Takes the restart policy from a container that was made by hand, or that docker update has given one: Docker would
    /// start it again when the unit has stopped.
    private func forgetRestartPolicy(of container: Container, _ name: String) async throws {
        guard container.hostConfig.restartsItself else { return }
        try await client.removeRestartPolicy(of: container.id)
        job.diagnostics.warning(
            "container \(name) had restart policy \(container.hostConfig.restartPolicy?.name ?? ""): changed to no. "
                + "Restart= in the unit does that")
    }
}
