// SPDX-License-Identifier: Apache-2.0

internal import Console
internal import Engine
internal import Images
internal import RunOptions
internal import Systemd

/// Docker's credentials, which `--use-api-socket` brings into the container beside the Engine's socket.
struct SocketCredentials: Sendable {
    /// Where docker's client puts them.
    static let folder = "/run/secrets/docker"

    /// A config.json for the container.
    private let configuration: [UInt8]

    /// Looks them up before anything is created.
    ///
    /// - Parameters:
    ///   - job: What was asked for.
    ///   - environment: The container's, as `NAME=value`.
    /// - Returns: `nil` where none are asked for, or there are none.
    @LoopActor
    static func find(_ job: Job, environment: [String]) async throws(CommandError) -> SocketCredentials? {
        guard job.options.usesAPISocket, !environment.contains(where: { $0.hasPrefix("DOCKER_CONFIG=") }) else {
            return nil
        }
        let found = try await RegistryCredentials(environment: job.environment).configuration {
            [diagnostics = job.diagnostics] in
            diagnostics.warning("left out of --use-api-socket: \($0)")
        }
        return found.map { SocketCredentials(configuration: $0) }
    }

    /// Puts them into a container that is about to start, in place of those of its last time.
    @LoopActor
    func put(into container: Container, _ job: Job, _ client: Client) async throws(CommandError) {
        let path = "\(Self.folder)/config.json"
        do throws(EngineError) {
            try await client.write(configuration, to: path, mode: 0o600, in: container.id)
        } catch {
            throw CommandError("put docker's credentials into container \(job.label(container)) at \(path)", error)
        }
    }
}
