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
    private let transport: CurlTransport
    /// The daemon that we speak to, if it keeps a pid file where it keeps its socket.
    public internal(set) var daemon: Int32?

    /// Asks the Engine for its version and settles on one.
    ///
    /// `GET /_ping`. DOCKER_API_VERSION fixes the version, as it does for docker.
    ///   - patience: For so many microseconds an Engine that is away (``EngineError/isAway``) is asked again; 0 asks
    ///     once, and leaves a daemon that hangs 10 s.
    public static func connect(
        environment: [String: String], patience: UInt64 = 0
    ) async throws(EngineError) -> Client {
        let client = Client(host: try Host(environment: environment), version: .oldest)
        let newest = try await client.firstAnswer(patience: patience)
        client.daemon = client.runningDaemon
        if let wish = environment["DOCKER_API_VERSION"], !wish.isEmpty {
            guard let version = APIVersion(wish) else {
                throw .unusableVersion(
                    "DOCKER_API_VERSION=\(wish): not a version of the API: \(newest) is what Docker speaks")
            }
            client.version = version
        } else {
            client.version = min(newest, .newest)
        }
        guard client.version >= .oldest else {
            throw .unusableVersion(
                "Docker at \(client.host.socket): API \(client.version) is too old: \(APIVersion.oldest) (Docker 20.10) or later is needed"
            )
        }
        return client
    }

    private init(host: Host, version: APIVersion) {
        self.host = host
        self.version = version
        transport = CurlTransport(socket: host.socket)
    }

    // MARK: What the endpoints are made of

    /// Sends a request and returns its answer, a refusal (status 400 and up) as an error.
    @discardableResult
    func send(_ request: Request) async throws(EngineError) -> Response {
        try Self.accepted(try await transport.send(request, version: "\(version)"), of: request)
    }

    /// Sends a request whose path has no version.
    func sendUnversioned(_ request: Request) async throws(EngineError) -> Response {
        try Self.accepted(try await transport.send(request), of: request)
    }

    /// Sends a request whose answer begins long before it ends.
    func begin(_ request: Request) throws(EngineError) -> Transfer {
        try transport.begin(request, version: "\(version)")
    }

    /// Sends a request whose answer is read as it comes.
    func stream(_ request: Request, sending upload: Upload? = nil) throws(EngineError) -> Transfer {
        try transport.begin(request, version: "\(version)", sending: upload, isStream: true)
    }

    /// Sends a request that is answered by lines of JSON, and waits for the last one.
    ///
    ///   - pause: Microseconds between two looks at how far one layer has come: of the ten lines a second that tell,
    ///     reading each would cost more than all the rest.
    ///   - take: Called for each line as it comes, with `nil` for one that was not looked at.
    /// - Throws: a refusal as any call does; a line that tells of an error as one whose status is its code, or 200.
    func follow(
        _ request: Request, sending upload: Upload? = nil, pause: UInt64, _ take: (ProgressMessage?) -> Void
    ) async throws(EngineError) {
        let transfer = try stream(request, sending: upload)
        if try await transfer.begin() >= 400 { _ = try Self.accepted(try await transfer.response(), of: request) }
        var sieve = ProgressSieve(pause: pause)
        while let piece = try await transfer.nextPiece() {
            for line in sieve.take(piece) {
                // Whatever is no message says nothing about the progress.
                let message = line.flatMap { try? JSON.decode(ProgressMessage.self, from: $0) }
                if let error = message?.error {
                    transfer.cancel()
                    throw Self.refusal(status: error.code ?? 200, message: error.message, of: request)
                }
                take(message)
            }
            if let rest = sieve.rest { try await transfer.pause(.microseconds(rest)) }
        }
    }

    /// Sends a request that turns the connection into a two-way stream.
    func hijack(_ request: Request) async throws(EngineError) -> HijackedStream {
        let connection = try await transport.connect(for: request)
        return try await HijackedStream(connection, request, version: "\(version)", upgrades: true)
    }

    /// Sends a request whose answer is read from the connection as it is, at the reader's own pace.
    func readPlainly(_ request: Request) async throws(EngineError) -> HijackedStream {
        let connection = try await transport.connect(for: request)
        return try await HijackedStream(connection, request, version: "\(version)", upgrades: false)
    }

    /// Passes a good answer on and makes an error of a refusal.
    nonisolated static func accepted(_ response: Response, of request: Request) throws(EngineError) -> Response {
        guard response.status >= 400 else { return response }
        throw refusal(status: response.status, body: response.body, of: request)
    }

    nonisolated static func refusal(status: Int, body: [UInt8], of request: Request) -> EngineError {
        struct Refusal: Decodable { var message: String }
        let message =
            (try? JSON.decode(Refusal.self, from: body).message) ?? String(decoding: body.prefix(200), as: UTF8.self)
        return refusal(status: status, message: message, of: request)
    }

    private nonisolated static func refusal(status: Int, message: String, of request: Request) -> EngineError {
        // One line, whatever the Engine sends.
        let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        return .refused(call: request.call, status: status, message: line)
    }

    /// Reads an answer's JSON.
    nonisolated static func decode<Value: Decodable>(
        _ type: Value.Type, from response: Response, of request: Request
    ) throws(EngineError) -> Value {
        do throws(JSONError) {
            return try JSON.decode(type, from: response.body)
        } catch {
            throw .garbage(call: request.call, reason: error.description)
        }
    }
}
