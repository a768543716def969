// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Systemd
import Testing

@testable import Engine

@Suite("Connecting", .timeLimit(.minutes(1)))
struct ConnectTests {
    private let engine: FakeEngine

    init() throws {
        LoopThread.start()
        engine = try FakeEngine()
    }

    @LoopActor
    private func failure(environment: [String: String] = [:]) async -> EngineError? {
        do {
            _ = try await Client.connect(environment: engine.environment.merging(environment) { $1 })
            return nil
        } catch {
            return error
        }
    }

    // MARK: Versions

    @Test(
        "both sides settle on the newest version that both speak, or on the one that the user requests",
        arguments: [
            ("1.41", nil, "1.41"), ("1.45", nil, "1.45"), ("1.50", nil, "1.50"), ("1.99", nil, "1.50"),
            ("2.0", nil, "1.50"), ("1.45", "", "1.45"), ("1.45", "1.43", "1.43"), ("1.45", "v1.41", "1.41"),
            ("1.45", "1.60", "1.60"),
        ] as [(String, String?, String)])
    @LoopActor
    func version(newest: String, requested: String?, version: String) async throws {
        engine.on("GET", "/_ping", .json("OK", headers: ["Api-Version": newest]))
        let environment = requested.map { ["DOCKER_API_VERSION": $0] } ?? [:]
        let client = try await Client.connect(environment: engine.environment.merging(environment) { $1 })
        #expect(client.version.description == version)
        #expect(client.host.socket == engine.socket)
        _ = try await client.info()
        #expect(engine.received.map(\.target) == ["/_ping", "/v\(version)/info"])
    }

    @Test(
        "an Engine before Docker 20.10 is refused, and so is its version if it is requested",
        arguments: ["1.40", "1.24", "0.9"])
    @LoopActor
    func tooOld(version: String) async {
        engine.on("GET", "/_ping", .json("OK", headers: ["Api-Version": version]))
        let text = "API \(version) of Docker at \(engine.socket) is too old: 1.41 (Docker 20.10) or later is needed"
        #expect(await failure() == .unusableVersion(text))
        engine.on("GET", "/_ping", .json("OK", headers: ["Api-Version": "1.45"]))
        let error = await failure(environment: ["DOCKER_API_VERSION": version])
        #expect(error?.description == text)
    }

    @Test("a requested version that is none is refused, and the Engine's is named")
    @LoopActor
    func noVersionRequested() async {
        #expect(
            await failure(environment: ["DOCKER_API_VERSION": "latest"])
                == .unusableVersion("DOCKER_API_VERSION=latest is not a version of the API: Docker's is 1.45"))
    }

    @Test(
        "an answer without a version is not Docker's",
        arguments: [[:], ["Api-Version": ""], ["Api-Version": "new"], ["Server": "nginx"]])
    @LoopActor
    func noVersion(headers: [String: String]) async {
        engine.on("GET", "/_ping", .json("OK", headers: headers))
        #expect(await failure() == .garbage(call: "GET /_ping", reason: "no Api-Version header"))
    }

    @Test("an Engine that is not well says so")
    @LoopActor
    func unwell() async {
        engine.on("GET", "/_ping", .refusal(500, "the daemon is shutting down"))
        #expect(await failure() == .refused(call: "GET /_ping", status: 500, message: "the daemon is shutting down"))
    }

    // MARK: Nobody there

    @Test("no socket: the error asks whether docker.service runs")
    @LoopActor
    func noSocket() async throws {
        let folder = try TemporaryFolder()
        let error = await failure(environment: ["DOCKER_HOST": "unix://\(folder["docker.sock"])"])
        #expect(
            error
                == .unreachable(socket: folder["docker.sock"], code: ENOENT, reason: "No such file or directory"))
        #expect(
            error?.description
                == "connect to Docker at \(folder["docker.sock"]): No such file or directory. Is docker.service running?"
                + " A unit needs Requires=docker.service and After=docker.service")
    }

    @Test("a socket at which nobody listens: the same advice")
    @LoopActor
    func nobodyListens() async throws {
        let folder = try TemporaryFolder()
        let socket = try UnixSocket.stream(at: folder["docker.sock"], listens: false)
        let error = await failure(environment: ["DOCKER_HOST": "unix://\(folder["docker.sock"])"])
        #expect(error == .unreachable(socket: folder["docker.sock"], code: ECONNREFUSED, reason: "Connection refused"))
        #expect(error?.description.contains("Is docker.service running?") == true)
        withExtendedLifetime(socket) {}
    }

    @Test("a path that no socket can have")
    @LoopActor
    func longPath() async throws {
        let path = "/tmp/" + String(repeating: "x", count: 200)
        let error = await failure(environment: ["DOCKER_HOST": "unix://\(path)"])
        #expect(error == .unreachable(socket: path, code: ENAMETOOLONG, reason: "File name too long"))
    }

    @Test("no permission: the error names the group docker")
    @LoopActor
    func noPermission() async throws {
        // A process of its own: whoever runs the tests as root may open everything.
        let socket = engine.socket
        #expect(chmod(socket, 0) == 0)
        #expect(chmod(String(socket.dropLast("/docker.sock".count)), 0o755) == 0)
        await #expect(processExitsWith: .success) { [socket = socket as String] in
            if getuid() == 0 { #expect(setuid(65534) == 0) }
            LoopThread.start()
            let error = await #expect(throws: EngineError.self) {
                try await Client.connect(environment: ["DOCKER_HOST": "unix://\(socket)"])
            }
            #expect(error == .unreachable(socket: socket, code: EACCES, reason: "Permission denied"))
            #expect(
                error?.description
                    == "connect to Docker at \(socket): Permission denied. Run as root, or add the unit's User= to the"
                    + " group docker")
        }
    }
}
