// SPDX-License-Identifier: Apache-2.0

internal import Engine
internal import JSON
internal import Linux
internal import RunOptions
internal import Systemd

/// The label that says with what arguments a container was made, so that the next run knows whether it is still wanted.
enum ArgumentsLabel {
    static let name = "io.systemd-docker.arguments"

    /// Whether one of our runs has made a container.
    ///
    /// It has its image's labels where its creation did not say otherwise, and ours always do: a label that is the image's
    /// is the word of the image's author.
    @LoopActor
    static func isOurs(_ container: Container, _ client: Client) async throws(EngineError) -> Bool {
        guard let label = container.config.labels?[name], let image = container.image else { return false }
        do throws(EngineError) {
            return try await client.inspectImage(image).labels[name] != label
        } catch {
            if error.isNotFound { return false }
            throw error
        }
    }

    /// The same text for the same arguments, whatever the Engine's version and the placement.
    ///
    /// - Parameter request: what was asked for, before anything of ours was added.
    static func value(of request: CreateRequest, platform: String?, notify: Bool) -> String {
        let text = JSON.encode(request) + "\n\(platform ?? "")\n\(notify)".utf8
        let digits = String(fnv1a(text), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
