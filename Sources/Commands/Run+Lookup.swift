// SPDX-License-Identifier: Apache-2.0

internal import Engine
internal import RunOptions

extension Run {
    /// What there is to begin with.
    enum Found {
        /// Nothing of this name, or nothing any more.
        case nothing
        /// A container that runs: it is taken over.
        case running(Container)
        /// A container that does not run, and is to be kept: it is started again.
        case stopped(Container)
    }

    /// Looks for a container of our name, and clears away one that is not to be kept.
    ///
    /// - Parameter nameIsTaken: the Engine has said so when it was to make one.
    func lookUp(_ client: Client, nameIsTaken: Bool) async throws -> Found {
        guard let name = options.name else { return .nothing }
        do {
            let container = try await client.inspect(name)
            // To the Engine `db` is a name, or the beginning of anybody's ID. Which of the two it was shows when a
            // container is to be made of this name.
            if !nameIsTaken, container.id.hasPrefix(name) { return .nothing }
            switch container.state.status {
            case "removing":
                notify("waiting for the removal of the former container \(name)")
                try await client.waitUntilRemoved(container.id)
                return .nothing
            case "running", "restarting":
                guard hasOtherArguments(container) else {
                    diagnostics.notice("container \(name) is running already: taking it over")
                    return .running(container)
                }
                diagnostics.notice("container \(name) is running with other arguments: another takes its place")
                notify("stopping the former container \(name)")
                try await client.stop(container.id)
                try await client.remove(container.id)
                return .nothing
            case "paused":
                throw LaunchError("take over container \(name): it is paused: docker unpause \(name), or remove it")
            default:
                guard options.removesOnExit else {
                    if hasOtherArguments(container) {
                        diagnostics.warning(
                            "container \(name) was made with other arguments: starting it as it is: docker rm \(name) makes room for another"
                        )
                    }
                    return .stopped(container)
                }
                notify("removing the former container \(name)")
                try await client.remove(container.id)
                return .nothing
            }
        } catch let error as EngineError {
            guard error.isNotFound else { throw LaunchError("look up container \(name)", error) }
            return .nothing
        }
    }

    /// Whether one of our runs has made it, and was asked for something else; of others nobody can tell.
    private func hasOtherArguments(_ container: Container) -> Bool {
        guard let label = container.config.labels?[ArgumentsLabel.name] else { return false }
        return label != argumentsLabel
    }
}
