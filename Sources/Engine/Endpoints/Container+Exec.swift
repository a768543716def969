// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// What has become of a command that was run in a container.
public struct ExecState: Decodable, Sendable, Equatable {
    public var isRunning: Bool
    /// 126 and 127 where it could not be executed; `nil` while it runs.
    public var exitCode: Int?

    private enum CodingKeys: String, CodingKey {
        case isRunning = "Running"
        case exitCode = "ExitCode"
    }
}

extension Client {
    /// Prepares a command to be run in a container, as the container's own user, and returns its ID.
    ///
    /// `POST /containers/{id}/exec`.
    ///   - command: The program and its arguments; no shell is involved.
    ///   - Throws: a 409 where the container does not run, or is paused.
    public func makeExec(_ container: String, command: [String]) async throws(EngineError) -> String {
        struct Wish: WritableObject {
            var command: [String]

            func write(to object: inout Members) {
                object.add("AttachStdout", true)
                object.add("AttachStderr", true)
                object.add("Cmd", command)
            }
        }
        struct Made: Decodable {
            var id: String

            enum CodingKeys: String, CodingKey { case id = "Id" }
        }
        var request = Request(.post, "/containers/\(Request.escape(container))/exec")
        request.body = JSON.encode(Wish(command: command))
        return try Self.decode(Made.self, from: try await send(request), of: request).id
    }

    /// Runs a prepared command, and connects to its stdout and stderr, framed (``OutputFrames``).
    ///
    /// `POST /exec/{id}/start`. What keeps it from being executed stands in its output, and shows in its exit code.
    public func startExec(_ exec: String) async throws(EngineError) -> HijackedStream {
        let body = Array(#"{"Detach":false,"Tty":false}"#.utf8)
        return try await hijack(Request(.post, "/exec/\(Request.escape(exec))/start", body: body))
    }

    /// Tells whether a command still runs, and how it ended.
    ///
    /// `GET /exec/{id}/json`.
    public func inspectExec(_ exec: String) async throws(EngineError) -> ExecState {
        let request = Request(.get, "/exec/\(Request.escape(exec))/json")
        return try Self.decode(ExecState.self, from: try await send(request), of: request)
    }
}
