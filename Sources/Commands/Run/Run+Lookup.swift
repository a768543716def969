// SPDX-License-Identifier: Apache-2.0

internal import Cgroups
internal import Console
internal import Engine
internal import RunOptions
internal import Systemd

extension Run {
    /// What there is to begin with.
    enum Found {
        /// Nothing of this name, or nothing any more.
        case nothing
        /// A container that runs, and whose supervisor, if it had one, is dead: it is taken over.
        case running(Container)
        /// A container that does not run, and is to be kept: it is started again.
        case stopped(Container)
    }

    /// Looks for a container of our name, and clears away one that is not to be kept.
    ///
    /// - Parameters:
    ///   - client: The Engine.
    ///   - nameIsTaken: The Engine has said so when it was to make one.
    /// - Returns: What to begin with.
    /// - Throws: ``CommandError`` where a living process owns the container, or it is not what was asked for.
    func lookUp(_ client: Client, nameIsTaken: Bool) async throws -> Found {
        guard let name = options.name else { return .nothing }
        do {
            let container = try await client.inspect(name)
            // To the Engine `db` is a name, or the beginning of any ID. Which of the two it was shows when a container is
            // to be made of this name.
            if !nameIsTaken, container.id.hasPrefix(name) { return .nothing }
            try ownContainer(container.id, client)
            try await checkMainProcess(container)
            switch container.state.status {
            case "removing":
                notify("waiting for the removal of the former container \(name)")
                try await client.waitUntilRemoved(container.id)
                return .nothing
            case "running", "restarting":
                return try await running(container, name, client)
            case "paused":
                throw CommandError("take over container \(name): it is paused: docker unpause \(name), or remove it")
            default:
                return try await stopped(container, name, client)
            }
        } catch let error as EngineError {
            guard error.isNotFound else { throw CommandError("look up container \(name)", error) }
            return .nothing
        }
    }

    private func running(_ container: Container, _ name: String, _ client: Client) async throws -> Found {
        let isOurs = try await ArgumentsLabel.isOurs(container, client)
        if isOurs, container.config.labels?[ArgumentsLabel.name] != argumentsLabel {
            diagnostics.notice("container \(name) is running with other arguments: replacing it")
            try await stop(container, name, client)
            try await client.remove(container.id)
            return .nothing
        }
        if isOurs, wrapper.placement != .none, let unit,
            try isElsewhere(container.state, UnitGroup(unit: unit.name, membership: .ofThisProcess()))
        {
            // A wrapper that was killed while it started the container. Where it is now no limit of the unit holds.
            diagnostics.notice(
                "container \(name) was left outside of \(unit.name) by a start that was killed: replacing it")
            try await stop(container, name, client)
            guard !options.removesOnExit else {
                try await client.remove(container.id)
                return .nothing
            }
            return .stopped(try await client.inspect(container.id))
        }
        if !isOurs { try await checkReuse(of: container, name, client) }
        try await forgetRestartPolicy(of: container, name, client)
        diagnostics.notice("container \(name) is running already: taking it over")
        return .running(container)
    }

    private func stopped(_ container: Container, _ name: String, _ client: Client) async throws -> Found {
        guard !options.removesOnExit else {
            notify("removing the former container \(name)")
            try await client.remove(container.id)
            return .nothing
        }
        if container.config.labels?[ArgumentsLabel.name] != argumentsLabel {
            try await checkReuse(of: container, name, client)
            // Of a container that was made by hand nothing tells with what arguments.
            if try await ArgumentsLabel.isOurs(container, client) {
                diagnostics.warning(
                    "container \(name) was made with other arguments: starting it as it is. docker rm \(name) makes room for another"
                )
            }
        }
        try await forgetRestartPolicy(of: container, name, client)
        return .stopped(container)
    }

    private func stop(_ container: Container, _ name: String, _ client: Client) async throws {
        notify("stopping the former container \(name)")
        try await client.stop(container.id)
    }

    /// Refuses a container that was made for something else than what is asked for, where that cannot be mended.
    private func checkReuse(of container: Container, _ name: String, _ client: Client) async throws {
        func refusal(_ what: String) -> CommandError {
            CommandError(
                "cannot use container \(name): \(what). Remove it (docker rm --force \(name)), or choose another --name"
            )
        }
        if container.hostConfig.removesItself, !options.removesOnExit {
            throw refusal("it was made with --rm, so Docker would remove it when it ends")
        }
        if let image = container.config.image, image != options.image,
            try await imageID(options.image, client) != container.image
        {
            throw refusal("its image is \(image), not \(options.image)")
        }
        let (mode, requested) = (container.hostConfig.networkMode ?? "", options.request.hostConfig.networkMode)
        if try await network(mode, client) != network(requested, client) {
            throw refusal("its network is \(mode), not \(requested)")
        }
    }

    /// - Returns: `nil` for an image that is not there.
    private func imageID(_ image: String, _ client: Client) async throws(EngineError) -> String? {
        do throws(EngineError) {
            return try await client.inspectImage(image).id
        } catch {
            if error.isNotFound { return nil }
            throw error
        }
    }

    /// One spelling for each network mode: the default one has three, and the Engine replaces a container's name by its ID.
    private func network(_ mode: String, _ client: Client) async throws(EngineError) -> String {
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
    private func forgetRestartPolicy(of container: Container, _ name: String, _ client: Client) async throws {
        guard container.hostConfig.restartsItself else { return }
        try await client.forgetRestartPolicy(of: container.id)
        diagnostics.warning(
            "container \(name) had restart policy \(container.hostConfig.restartPolicy?.name ?? ""): changed to no. "
                + "Restart= in the unit does that")
    }
}
