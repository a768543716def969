// SPDX-License-Identifier: Apache-2.0

internal import Console
internal import Engine
internal import Images
internal import RunOptions

extension Run {
    /// Where docker's client puts the credentials that come with `--use-api-socket`.
    static let credentialsFolder = "/run/secrets/docker"

    /// Looks up what `--use-api-socket` brings in beside the socket, before anything is created.
    func gatherCredentials() async throws(CommandError) {
        let given = completed(options.request).environment ?? []
        guard options.usesAPISocket, !given.contains(where: { $0.hasPrefix("DOCKER_CONFIG=") }) else { return }
        credentials = try await RegistryCredentials(environment: environment).configuration { [diagnostics] in
            diagnostics.warning("left out of --use-api-socket: \($0)")
        }
    }

    /// Puts the credentials into a container that is about to start, in place of those of its last time.
    func putCredentials(_ client: Client, into container: Container) async throws(CommandError) {
        guard let credentials else { return }
        let path = "\(Self.credentialsFolder)/config.json"
        do throws(EngineError) {
            try await client.write(credentials, to: path, mode: 0o600, in: container.id)
        } catch {
            throw CommandError("put docker's credentials into container \(label(container)) at \(path)", error)
        }
    }
}
