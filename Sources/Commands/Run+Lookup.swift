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
    func lookUp(_ client: Client) async throws -> Found {
        guard let name = options.name else { return .nothing }
        do {
            let container = try await client.inspect(name)
            switch container.state.status {
            case "removing":
                notify("waiting for the removal of the former container \(name)")
                try await client.waitUntilRemoved(container.id)
                return .nothing
            case "running", "restarting":
                diagnostics.notice("container \(name) is running already: taking it over")
                return .running(container)
            case "paused":
                throw LaunchError("take over container \(name): it is paused: docker unpause \(name), or remove it")
            default:
                guard options.removesOnExit else { return .stopped(container) }
                notify("removing the former container \(name)")
                try await client.remove(container.id)
                return .nothing
            }
        } catch let error as EngineError {
            guard error.isNotFound else { throw LaunchError("look up container \(name)", error) }
            return .nothing
        }
    }
}
