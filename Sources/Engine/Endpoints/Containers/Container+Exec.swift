// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// The state of a command that was run in a container.
public struct ExecState: Decodable, Sendable, Equatable {
    public var isRunning: Bool
    /// 126 or 127 if it could not be executed; `nil` while it runs.
    public var exitCode: Int?

    private enum CodingKeys: String, CodingKey {
        case isRunning = "Running"
        case exitCode = "ExitCode"
    }
}

extension Client {
    /// Prepares a command that is to run in a container, as the container's own user.
    ///
    /// `POST /containers/{id}/exec`.
    ///
    /// - Parameters:
    ///   - container: The container's name or ID.
    ///   - command: The program and its arguments; no shell is involved.
    /// - Returns: The ID of the exec instance.
    /// - Throws: ``EngineError``: a 409 if the container does not run or is paused.
    public func makeExec(_ container: String, command: [String]) async throws(EngineError) -> String {
        struct Configuration: WritableObject {
            var command: [String]

            func write(to object: inout Members) {
                object.add("AttachStdout", true)
                object.add("AttachStderr", true)
                object.add("Cmd", command)
            }
        }
        struct Instance: Decodable {
            var id: String

            enum CodingKeys: String, CodingKey { case id = "Id" }
        }
        var request = Request(.post, "/containers/\(Request.escape(container))/exec")
        request.body = JSON.encode(Configuration(command: command))
        return try await send(request, decoding: Instance.self).id
    }

    /// Runs a prepared command and connects to its stdout and stderr, framed (``OutputFrames``).
    ///
    /// `POST /exec/{id}/start`. If it cannot be executed, the reason is in its output.
    public func startExec(_ exec: String) async throws(EngineError) -> HijackedStream {
        let body = Array(#"{"Detach":false,"Tty":false}"#.utf8)
        return try await hijack(Request(.post, "/exec/\(Request.escape(exec))/start", body: body))
    }

    /// Tells whether a command still runs, and how it has ended.
    ///
    /// `GET /exec/{id}/json`.
    public func inspectExec(_ exec: String) async throws(EngineError) -> ExecState {
        let request = Request(.get, "/exec/\(Request.escape(exec))/json")
        return try await send(request, decoding: ExecState.self)
    }
}
