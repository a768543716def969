// SPDX-License-Identifier: Apache-2.0

internal import Engine
internal import JSON
internal import Linux
internal import RunOptions
internal import Systemd

/// What was asked for when a container was created, so that the next run knows whether the container is still wanted.
///
/// It depends on nothing but what the user wrote: the options of docker run, our own that shape the container, and with
/// `--env` the variables of the unit file. Not on the Engine, the placement, or what systemd adds to the environment.
struct Identity: Sendable, Equatable {
    /// The label that holds it.
    static let labelName = "io.systemd-docker.arguments"
    /// The form of the label.
    ///
    /// Another form says nothing of the arguments: an upgrade must not replace containers.
    private static let version = "2"

    let label: String

    /// - Parameters:
    ///   - options: The options of docker run.
    ///   - notifies: Whether `--ready notify` gives it a socket.
    ///   - updates: Whether `--auto-update` is given.
    ///   - environment: The unit file's variables that `--env` hands on, as `NAME=value`.
    init(_ options: ContainerOptions, notifies: Bool, updates: Bool, environment: [String]) {
        let parts: [String] =
            [
                String(decoding: JSON.encode(options.request), as: UTF8.self), options.platform ?? "", "\(notifies)",
                "\(updates)",
            ] + environment.sorted()
        // Each with its length: no part can pass for two.
        let text = parts.map { "\($0.utf8.count):\($0)" }.joined()
        let digits = String(fnv1a(text.utf8), radix: 16)
        label = "\(Self.version):\(String(repeating: "0", count: 16 - digits.count))\(digits)"
    }

    /// Whether a container was made with other arguments than these.
    ///
    /// - Parameter label: The container's; one of another version of ours does not tell.
    /// - Returns: `false` where that is not known.
    func differs(from label: String) -> Bool {
        label.hasPrefix("\(Self.version):") && label != self.label
    }

    /// Whether one of our runs has made a container.
    ///
    /// A container has its image's labels where its creation did not say otherwise, and ours always does: a label that is
    /// the image's is the word of the image's author.
    @LoopActor
    static func isOurs(_ container: Container, _ client: Client) async throws(EngineError) -> Bool {
        guard let label = container.config.labels?[labelName], let image = container.image else { return false }
        do throws(EngineError) {
            return try await client.inspectImage(image).labels[labelName] != label
        } catch {
            if error.isNotFound { return false }
            throw error
        }
    }
}
