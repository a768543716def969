// SPDX-License-Identifier: Apache-2.0

public import Console
internal import Engine
public import Linux
public import RunOptions
public import Systemd

/// `systemd-docker pull`: what `run` does about the image, and no more.
@LoopActor
public final class Pull {
    private let wrapper: WrapperOptions
    private let options: ContainerOptions
    private let environment: [String: String]
    private let diagnostics: Diagnostics

    public init(
        _ wrapper: WrapperOptions, _ options: ContainerOptions, environment: [String: String], diagnostics: Diagnostics
    ) {
        self.wrapper = wrapper
        self.options = options
        self.environment = environment
        self.diagnostics = diagnostics
    }

    /// The signals that end it; to be blocked before the loop runs.
    public nonisolated static let signals: [Signal] = [.terminate, .interrupt, .hangup, .quit]

    /// Brings the image in, and returns how this process has to end.
    public func callAsFunction() async -> ExitStatus {
        let work = EventLoop.shared.task { try await self.bringIn() }
        var interruption: Signal?
        do {
            let sources = try Self.signals.map { signal in
                try EventLoop.shared.onSignal(signal) { _ in
                    interruption = interruption ?? signal
                    work.cancel()
                }
            }
            defer { withExtendedLifetime(sources) {} }
            try await work.value
            return .exited(0)
        } catch {
            if let interruption {
                diagnostics.notice("\(interruption) before \(options.image) was there")
                return .signaled(interruption)
            }
            diagnostics.error("\(error)")
            return .exited((error as? CommandError)?.code.rawValue ?? CommandError.Code.engine.rawValue)
        }
    }

    private func bringIn() async throws {
        let client = try await Client.connect(environment: environment, timeout: wrapper.engineTimeout)
        let supply = EnsureImage(client, wrapper, options, environment: environment, diagnostics)
        try await supply.beforeCreation()
        try await supply.pullMissing()
    }
}
