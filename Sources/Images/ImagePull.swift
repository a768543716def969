// SPDX-License-Identifier: Apache-2.0

internal import Console
internal import Engine
internal import Glibc
internal import Linux
internal import RunOptions
internal import Systemd

/// One image on its way from a registry into the Engine.
@LoopActor
final class ImagePull {
    private static let attempts = 5
    private let client: Client
    private let reference: ImageReference
    private let options: ContainerOptions
    /// How long nothing may come, in microseconds; 0 waits for ever.
    private let timeout: UInt64
    private let environment: [String: String]
    private let diagnostics: Diagnostics
    private var progress = PullProgress(since: 0)
    private var bar: ProgressBar?

    init(
        _ reference: ImageReference, _ client: Client, _ options: ContainerOptions, timeout: UInt64,
        environment: [String: String], _ diagnostics: Diagnostics
    ) {
        self.reference = reference
        self.client = client
        self.options = options
        self.timeout = timeout
        self.environment = environment
        self.diagnostics = diagnostics
    }

    /// Why one attempt came to nothing.
    private struct Failure: Error {
        let words: String
        /// Asked again, the registry would say the same.
        var isFinal = false
    }

    /// Pulls the image; returns when it is there.
    ///
    ///   - keepsLocal: what is there will do where the registry cannot be reached.
    func callAsFunction(keepsLocal: Bool) async throws {
        let name = options.image
        let authorization = try await authorization()
        let start = Clock.microseconds
        for attempt in 1... {
            do throws(Failure) {
                try await pull(authorization)
                break
            } catch {
                try Task.checkCancellation()
                if error.isFinal { throw CommandError("pull \(name): \(error.words)\(Self.advice(error.words))") }
                if keepsLocal, (try? await client.inspectImage(name)) != nil {
                    diagnostics.warning("pull \(name): \(error.words): what is there will do (--pull newer)")
                    return
                }
                guard attempt < Self.attempts else {
                    throw CommandError("pull \(name): \(error.words): \(attempt) attempts have failed")
                }
                // 1, 2, 4, 8 seconds.
                let pause = UInt64(1) << (attempt - 1)
                diagnostics.warning("pull \(name): \(error.words): trying again in \(pause) s")
                announce("trying again to pull \(name)")
                try await EventLoop.shared.sleep(.seconds(pause))
            }
        }
        await tell(took: Clock.microseconds - start)
    }

    /// Asks the registry which digest the image's name has there now; nothing is pulled.
    func digestInRegistry() async throws -> String {
        let authorization = try await authorization()
        do throws(EngineError) {
            return try await client.digestInRegistry(options.image, authorization: authorization)
        } catch {
            throw CommandError("ask the registry for \(options.image): \(error)\(Self.advice("\(error)"))")
        }
    }

    private func authorization() async throws(CommandError) -> String {
        try await RegistryCredentials(environment: environment).credential(for: try await key()).header
    }

    /// What docker's client keeps the credentials of the registry by.
    private func key() async throws(CommandError) -> String {
        let index: String
        do throws(EngineError) {
            index = try await client.info().indexServer
        } catch {
            throw CommandError("pull \(options.image)", error)
        }
        guard let host = reference.host else { return index }
        // The default registry by its name: its index is the host of that name, or index. before it.
        let server = index.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first ?? ""
        return server == host || server == "index.\(host)" ? index : host
    }

    private func pull(_ authorization: String) async throws(Failure) {
        progress = PullProgress(since: Clock.microseconds)
        announce("pulling \(options.image)")
        let silence = Silence(longest: timeout)
        let isDrawn = !options.isQuiet && isatty(STDERR_FILENO) == 1
        bar = isDrawn ? ProgressBar() : nil
        defer { bar?.clear() }
        let work = EventLoop.shared.task { [client, reference, options] in
            try await client.pull(
                reference.name, tag: reference.version, platform: options.platform, authorization: authorization,
                interval: .microseconds(isDrawn ? ProgressBar.interval : Self.interval)
            ) { message in
                silence.heard()
                if let message { self.take(message) }
            }
        }
        if timeout > 0 { silence.begin { work.cancel() } }
        defer { silence.end() }
        do {
            try await work.cancellableValue
        } catch {
            if silence.wasTooLong { throw Failure(words: "nothing has come for \(timeout / 1_000_000) s") }
            guard let error = error as? EngineError else { throw Failure(words: "\(error)") }
            throw Self.failure(error)
        }
    }

    /// Tells what another attempt may mend from what it would not.
    private static func failure(_ error: EngineError) -> Failure {
        switch error {
        case .cut, .timedOut, .unreachable:
            return Failure(words: "\(error)")
        case .garbage, .unreadable, .unusableHost, .unusableVersion:
            return Failure(words: "\(error)", isFinal: true)
        case .refused(_, let status, let message):
            // What a registry said of a request comes as a 500, too, and in its own words alone.
            let finals = [
                "authentication required", "authorization failed", "denied", "manifest unknown", "name unknown",
                "no basic auth credentials", "no matching manifest", "no space left", "not found", "unauthorized",
            ]
            let isFinal = (400..<500).contains(status) && status != 429 || status == 501
            return Failure(words: message, isFinal: isFinal || finals.contains { message.lowercased().contains($0) })
        }
    }

    private static func advice(_ words: String) -> String {
        ["denied", "unauthorized", "auth"].contains { words.lowercased().contains($0) }
            ? ": look at docker login, or at LoadCredential=docker-config: in the unit" : ""
    }

    // MARK: What others see

    /// A line a second is enough for everybody.
    private static let interval: UInt64 = 1_000_000
    private var lastStatus: UInt64 = 0

    private func take(_ message: ProgressMessage) {
        progress.take(message)
        let now = Clock.microseconds
        bar?.draw(progress, options.image, at: now)
        guard now - lastStatus >= Self.interval else { return }
        announce("pulling \(options.image)" + (progress.text(at: now).map { ": \($0)" } ?? ""))
    }

    /// Says what goes on, and asks for the time that it may take until there is more to say.
    ///
    /// That is as long as nothing may come, and a pause: only while something comes is more time asked for.
    private func announce(_ status: String) {
        lastStatus = Clock.microseconds
        let time = (timeout > 0 ? timeout : 60_000_000) + 15_000_000
        Notification.send(["STATUS=\(status)", "EXTEND_TIMEOUT_USEC=\(time)"])
    }

    private func tell(took time: UInt64) async {
        guard !options.isQuiet else { return }
        // It was there a moment ago; whoever has removed it since will hear of it at the creation.
        let image = try? await client.inspectImage(options.image)
        let size = image.map { ", \(PullProgress.text(bytes: Double($0.size)))" } ?? ""
        let tenths = time / 100_000
        diagnostics.info(
            "pulled \(options.image): \(progress.digest ?? image?.id ?? "no digest")\(size)"
                + ", in \(tenths / 10).\(tenths % 10) s")
    }
}
