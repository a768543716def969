// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import Linux
public import Systemd

/// The Docker Engine API: one method for each endpoint, in Endpoints/.
@LoopActor
public final class Client {
    /// Where the Engine listens.
    public let host: Host
    /// The version that both sides speak.
    public private(set) var version: APIVersion
    /// Whether the daemon is there, and when it is back.
    public let daemon: DaemonWatch
    private let transport: CurlTransport

    /// Connects to the Engine and agrees on a version of the API.
    ///
    /// `GET /_ping`. DOCKER_API_VERSION fixes the version, as it does for docker.
    ///
    /// - Parameters:
    ///   - environment: Where DOCKER_HOST and DOCKER_API_VERSION are looked up.
    ///   - timeout: How long an Engine that is away (``EngineError/isAway``) is asked again; with zero it is asked once,
    ///     and has 10 s to answer.
    /// - Returns: The client.
    /// - Throws: ``EngineError``: the last one, once the time is over.
    public static func connect(
        environment: [String: String], timeout: Duration = .zero
    ) async throws(EngineError) -> Client {
        let client = Client(host: try Host(environment: environment), version: .oldest)
        let newest = try await client.firstAnswer(within: timeout)
        client.daemon.arrived()
        if let requested = environment["DOCKER_API_VERSION"], !requested.isEmpty {
            guard let version = APIVersion(requested) else {
                throw .unusableVersion(
                    "DOCKER_API_VERSION=\(requested) is not a version of the API: Docker's is \(newest)")
            }
            client.version = version
        } else {
            client.version = min(newest, .newest)
        }
        guard client.version >= .oldest else {
            throw .unusableVersion(
                "API \(client.version) of Docker at \(client.host.socket) is too old: "
                    + "\(APIVersion.oldest) (Docker 20.10) or later is needed")
        }
        return client
    }

    private init(host: Host, version: APIVersion) {
        self.host = host
        self.version = version
        let transport = CurlTransport(socket: host.socket)
        self.transport = transport
        // The socket of a daemon that is about to start is held by systemd: the connection waits there.
        daemon = DaemonWatch(socket: host.socket) { _ = try await transport.ping(timeout: nil) }
    }

    private static let (shortestPause, longestPause): (Duration, Duration) = (.milliseconds(100), .seconds(1))

    private func firstAnswer(within timeout: Duration) async throws(EngineError) -> APIVersion {
        let end = ContinuousClock.now + timeout
        var pause = Self.shortestPause
        while true {
            let left = max(1, (end - ContinuousClock.now).components.seconds)
            do throws(EngineError) {
                return try await transport.ping(timeout: .seconds(timeout == .zero ? 10 : left))
            } catch {
                guard error.isAway, ContinuousClock.now < end,
                    (try? await EventLoop.shared.sleep(pause)) != nil
                else { throw error }
            }
            pause = min(pause * 2, Self.longestPause)
        }
    }

    // MARK: Used by the endpoints

    /// Sends a request.
    ///
    /// - Returns: The response.
    /// - Throws: ``EngineError``, also for a refusal (status 400 and above).
    @discardableResult
    func send(_ request: Request) async throws(EngineError) -> Response {
        try await transport.send(request, version: "\(version)").accepted(for: request)
    }

    /// Sends a request and decodes the JSON of the response.
    func send<Value: Decodable>(
        _ request: Request, decoding type: Value.Type
    ) async throws(EngineError) -> Value {
        try await send(request).decode(type, for: request)
    }

    /// Sends a request whose response begins long before it ends, and waits for its beginning.
    ///
    /// - Parameters:
    ///   - request: What to send.
    ///   - upload: The request's body, if it is a file.
    ///   - isStream: Whether the response's body is read piece by piece.
    /// - Returns: The transfer.
    /// - Throws: ``EngineError``, also for a refusal.
    func begin(
        _ request: Request, sending upload: Upload? = nil, isStream: Bool
    ) async throws(EngineError) -> Transfer {
        let transfer = try transport.begin(request, version: "\(version)", sending: upload, isStream: isStream)
        if try await transfer.begin() >= 400 { try await transfer.response().accepted(for: request) }
        return transfer
    }

    /// Sends a request whose response is lines of JSON about its progress, and waits for the last line.
    ///
    /// - Parameters:
    ///   - request: What to send.
    ///   - upload: The request's body, if it is a file.
    ///   - interval: The time between two lines about one layer that are decoded: the Engine sends ten a second for each
    ///     layer, and decoding all of them would cost more than everything else.
    ///   - handle: Called for each line, with `nil` for one that was not decoded.
    /// - Throws: ``EngineError``: a refusal as for any request; for a line that reports an error, a refusal with its code
    ///   as status, or 200.
    func follow(
        _ request: Request, sending upload: Upload? = nil, interval: Duration, _ handle: (ProgressMessage?) -> Void
    ) async throws(EngineError) {
        let transfer = try await begin(request, sending: upload, isStream: true)
        var sieve = ProgressSieve(interval: interval)
        while let piece = try await transfer.nextPiece() {
            for line in sieve.lines(piece) {
                // A line that is no message says nothing about the progress.
                let message = line.flatMap { try? JSON.decode(ProgressMessage.self, from: $0) }
                if let error = message?.error {
                    transfer.cancel()
                    throw Response.refusal(status: error.code ?? 200, message: error.message, of: request)
                }
                handle(message)
            }
            if let pause = sieve.pause { try await transfer.pause(for: pause) }
        }
    }

    /// Sends a request that turns the connection into a two-way stream.
    func hijack(_ request: Request) async throws(EngineError) -> HijackedStream {
        let connection = try await transport.connect(for: request)
        return try await HijackedStream(connection, request, version: "\(version)", upgrades: true)
    }

    /// Sends a request whose response is read straight from the connection.
    func readPlainly(_ request: Request) async throws(EngineError) -> HijackedStream {
        let connection = try await transport.connect(for: request)
        return try await HijackedStream(connection, request, version: "\(version)", upgrades: false)
    }
}
