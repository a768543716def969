// SPDX-License-Identifier: Apache-2.0

public import Console
public import Engine
internal import Linux
public import RunOptions
public import Systemd

/// Sees to it that the image is there, as `--load` and `--pull` say.
@LoopActor
public final class EnsureImage {
    private let client: Client
    private let wrapper: WrapperOptions
    private let options: ContainerOptions
    private let environment: [String: String]
    private let diagnostics: Diagnostics

    public init(
        _ client: Client, _ wrapper: WrapperOptions, _ options: ContainerOptions, environment: [String: String],
        _ diagnostics: Diagnostics
    ) {
        self.client = client
        self.wrapper = wrapper
        self.options = options
        self.environment = environment
        self.diagnostics = diagnostics
    }

    /// What has to be done whatever is there.
    public func beforeCreation() async throws {
        if let tarball = wrapper.tarball {
            try await ImageLoad(tarball, of: options.image, client, environment: environment, diagnostics)()
        }
        switch options.pull {
        case .missing, .never: break
        case .always: try await pull(keepsLocal: false)
        case .newer: try await pull(keepsLocal: true)
        }
    }

    /// Pulls an image that was missing, where that is allowed; `false` where it is not, or would be no help.
    public func afterRefusal(_ refusal: EngineError) async throws -> Bool {
        // The Engine's 404 may also be about what --link names.
        guard refusal.isNotFound, options.pull == .missing, !"\(refusal)".contains("No such container") else {
            return false
        }
        return try await pull(keepsLocal: false)
    }

    /// Pulls an image of which the words alone are to be had.
    public func pullMissing() async throws {
        guard options.pull == .missing else { return }
        do throws(EngineError) {
            _ = try await client.inspectImage(options.image)
            // Of which platform it is, the Engine finds out when it pulls.
            if options.platform == nil { return }
        } catch {
            guard error.isNotFound else { throw CommandError("look up the image \(options.image)", error) }
        }
        try await pull(keepsLocal: false)
    }

    /// - Returns: `false` for an ID, which no registry knows.
    @discardableResult
    private func pull(keepsLocal: Bool) async throws -> Bool {
        guard let reference = ImageReference(options.image) else { return false }
        try await ImagePull(
            reference, client, options, timeout: wrapper.pullTimeout.microseconds, environment: environment, diagnostics
        )(
            keepsLocal: keepsLocal)
        return true
    }
}
