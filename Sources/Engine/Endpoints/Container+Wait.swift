// SPDX-License-Identifier: Apache-2.0

internal import Linux

/// What a wait waits for.
public enum WaitCondition: String, Sendable {
    /// It does not run: at once where it does not run now.
    case notRunning = "not-running"
    /// It ends after this call, so that one may ask before it is started.
    case nextExit = "next-exit"
    /// It is gone, name and all.
    case removed
}

/// A wait that the Engine has registered.
public struct ContainerWait: Sendable {
    fileprivate let transfer: Transfer
    fileprivate let request: Request

    /// The exit code as the Engine tells it, once it does, however long that takes.
    ///
    /// Death by signal N is 128 + N.
    public func exitCode() async throws(EngineError) -> Int {
        struct Outcome: Decodable {
            struct Failure: Decodable {
                var message: String
                private enum CodingKeys: String, CodingKey { case message = "Message" }
            }
            var statusCode: Int
            var failure: Failure?
            private enum CodingKeys: String, CodingKey {
                case statusCode = "StatusCode"
                case failure = "Error"
            }
        }
        let response = try Client.accepted(try await transfer.response(), of: request)
        let outcome = try Client.decode(Outcome.self, from: response, of: request)
        if let failure = outcome.failure, !failure.message.isEmpty {
            throw .refused(call: request.call, status: response.status, message: failure.message)
        }
        return outcome.statusCode
    }
}

extension Client {
    /// Asks to be told when a container ends; returns when the Engine listens.
    ///
    /// `POST /containers/{id}/wait?condition=…`. The Engine sends the answer's header once it has registered the wait,
    /// so a start that follows cannot be missed.
    ///   - Throws: a 404 where there is no such container.
    public func wait(_ container: String, until condition: WaitCondition) async throws(EngineError) -> ContainerWait {
        let request = Request(
            .post, "/containers/\(Request.escape(container))/wait", query: [("condition", condition.rawValue)],
            timeoutSeconds: nil)
        let transfer = try begin(request)
        if try await transfer.begin() >= 400 { _ = try Self.accepted(try await transfer.response(), of: request) }
        return ContainerWait(transfer: transfer, request: request)
    }

    /// Waits until a container that somebody else removes is gone.
    ///
    /// `POST /containers/{id}/wait?condition=removed`, API 1.30 and later.
    public func waitUntilRemoved(_ container: String) async throws(EngineError) {
        do throws(EngineError) {
            _ = try await wait(container, until: .removed).exitCode()
        } catch {
            guard error.isNotFound else { throw error }
        }
    }
}
