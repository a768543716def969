// SPDX-License-Identifier: Apache-2.0

import Engine
import Foundation
import Synchronization

/// What a client does with an argument list.
enum Outcome: Equatable {
    /// It asks the Engine for a container.
    case request(DifferentialRequest)
    /// It refuses, with these words.
    case refusal(String)
}

/// A request for a container, without what means nothing in it.
struct DifferentialRequest: Equatable {
    var version: String
    var query: [String: String]
    var body: JSONValue
}

/// The real docker client, which runs against a ``Recorder``.
struct DockerClient: CustomStringConvertible {
    let program: String
    let version: String

    var description: String { "\(program) \(version)" }

    /// Where clients may be: installed, or in the trees of the test hosts, which Tests/run makes before the tests.
    private static let programs = [
        "/usr/local/bin/docker", "/usr/bin/docker", "/var/cache/systemd-docker-hosts/forky/usr/bin/docker",
        "/var/cache/systemd-docker-hosts/trixie/usr/bin/docker",
    ]

    /// All there are, the oldest first.
    static let installed: [DockerClient] = programs.compactMap { program in
        guard FileManager.default.isExecutableFile(atPath: program), let run = try? Run(program, ["--version"]),
            // Docker version 28.2.2, build e6534b4
            let version = run.output.split(separator: " ").dropFirst(2).first
        else { return nil }
        return DockerClient(program: program, version: String(version.prefix { $0.isNumber || $0 == "." }))
    }.sorted { $0.version.compare($1.version, options: .numeric) == .orderedAscending }

    /// What it does with an argument list; its standard input is a terminal, its output none.
    func run(_ words: [String], _ recorder: Recorder, environment: [String: String], folder: String) throws -> Outcome {
        _ = recorder.take()
        let run = try Run(program, ["run"] + words, environment: environment, folder: folder)
        if let request = recorder.take() { return .request(request) }
        return .refusal(run.error.trimmingCharacters(in: .whitespacesAndNewlines))
    }
}

/// A program that has run to its end.
struct Run {
    let output: String
    let error: String

    init(_ client: String, _ words: [String], environment: [String: String] = [:], folder: String = "/") throws {
        let terminal = try Terminal()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // Files, not pipes: noConfiguration need read while it runs, and what it leaves running does not count.
        let files = [try Self.file(), try Self.file()]
        defer { for file in files { close(file) } }
        for (theirs, ours) in zip(Int32(0)..., [terminal.theirEnd] + files) {
            posix_spawn_file_actions_adddup2(&actions, ours, theirs)
        }
        let program = "/usr/bin/env"
        var arguments = ([program, "--chdir=\(folder)", client] + words).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var child = pid_t()
        let failure = posix_spawn(&child, program, &actions, nil, &arguments, &variables)
        guard failure == 0 else { throw POSIXError(POSIXErrorCode(rawValue: failure) ?? .EINVAL) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) == -1, errno == EINTR {}
        (output, error) = (Self.text(of: files[0]), Self.text(of: files[1]))
    }

    private static func file() throws -> Int32 {
        var template = Array("/tmp/run-options-output.XXXXXX".utf8CString)
        let file = mkstemp(&template)
        guard file >= 0, unlink(template) == 0, fcntl(file, F_SETFD, FD_CLOEXEC) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EINVAL)
        }
        return file
    }

    private static func text(of file: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = pread(file, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
    }
}

/// Both ends of a pseudo-terminal.
private struct Terminal: ~Copyable {
    private let ourEnd: Int32
    let theirEnd: Int32

    init() throws {
        var (one, other) = (Int32(-1), Int32(-1))
        guard openpty(&one, &other, nil, nil, nil) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EINVAL)
        }
        (ourEnd, theirEnd) = (one, other)
        for end in [one, other] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    }

    deinit {
        close(theirEnd)
        close(ourEnd)
    }
}

/// An Engine on a Unix socket that remembers who asked for which container, and makes none.
///
/// One connection at a time and one request on each: thousands of clients come, and none of them together.
final class Recorder: Sendable {
    private let listener: Int32
    private let state: State

    private final class State: Sendable {
        let request = Mutex<DifferentialRequest?>(nil)
    }

    /// Listens, and says that it speaks this version of the API.
    init(socket path: String, version: String) throws {
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
        let isBound = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard isBound == 0, listen(listener, 16) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EINVAL)
        }
        let state = State()
        (self.listener, self.state) = (listener, state)
        Thread {
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { break }
                Self.serve(connection, version, state)
                close(connection)
            }
            close(listener)
        }.start()
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    /// The last request for a container since this was asked before.
    func take() -> DifferentialRequest? {
        state.request.withLock { request in
            defer { request = nil }
            return request
        }
    }

    /// Answers a request, and keeps it first if it is one for a container: after the answer the client may be gone.
    private static func serve(_ connection: Int32, _ version: String, _ state: State) {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        var head: Range<Int>?
        var length = 0
        while head.map({ bytes.count < $0.upperBound + length }) ?? true {
            let count = read(connection, &piece, piece.count)
            guard count > 0 else { return }
            bytes += piece[..<count]
            guard head == nil, let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { continue }
            head = end
            let field = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).lowercased()
                .firstMatch(of: /\r\ncontent-length: *([0-9]+)/)
            length = field.flatMap { Int($0.output.1) } ?? 0
        }
        let line = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\r") }, as: UTF8.self).split(separator: " ")
        let (method, target) = (line[0], line[1])
        if let request = request(String(target), bytes[(head?.upperBound ?? 0)...]) {
            state.request.withLock { $0 = request }
        }
        // A pull is over with its header: then the container is asked for.
        let isGood = target.hasSuffix("/_ping") || target.contains("/images/create")
        let body = isGood ? "" : #"{"message":"recorded"}"#
        let answer = """
            HTTP/1.1 \(isGood ? 200 : 500) Answer\r\nApi-Version: \(version)\r\nOstype: linux\r\nConnection: close\r
            Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(method == "HEAD" ? "" : body)
            """
        _ = send(connection, answer, answer.utf8.count, Int32(MSG_NOSIGNAL))
    }

    /// The request for a container, if it is one.
    private static func request(_ target: String, _ body: ArraySlice<UInt8>) -> DifferentialRequest? {
        guard let url = URLComponents(string: target), url.path.hasSuffix("/containers/create"),
            let value = try? JSONDecoder().decode(JSONValue.self, from: Data(body))
        else { return nil }
        let query = (url.queryItems ?? []).map { ($0.name, $0.value ?? "") }
        return DifferentialRequest(
            version: String(url.path.split(separator: "/")[0].dropFirst()),
            query: Dictionary(query) { _, last in last }, body: value.normal())
    }
}
