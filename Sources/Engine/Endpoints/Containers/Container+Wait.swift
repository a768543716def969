// SPDX-License-Identifier: Apache-2.0

internal import Linux

/// What to wait for.
public enum WaitCondition: String, Sendable {
    /// The container does not run; fulfilled at once if it does not run now.
    case notRunning = "not-running"
    /// The container ends after this request, which may come before its start.
    case nextExit = "next-exit"
    /// The container is removed, and its name is free.
    case removed
}

/// A wait for a container that the Engine has registered.
public struct ContainerWait: Sendable {
    fileprivate let transfer: Transfer
    fileprivate let request: Request

    /// Waits for the container's exit code; 128 + N if it was killed by signal N.
    ///
    /// - Returns: The exit code.
    /// - Throws: ``EngineError``, also if the task is cancelled.
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
        let response = try await transfer.response().accepted(for: request)
        let outcome = try response.decode(Outcome.self, for: request)
        if let failure = outcome.failure, !failure.message.isEmpty {
            throw .refused(call: request.call, status: response.status, message: failure.message)
        }
        return outcome.statusCode
    }
}

extension Client {
    /// Registers a wait for a container.
    ///
    /// `POST /containers/{id}/wait?condition=…`. The Engine sends the header of the response once it has registered the
    /// wait, so nothing that happens after this call is missed.
    ///
    /// - Parameters:
    ///   - container: The container's name or ID.
    ///   - condition: What to wait for.
    /// - Returns: The wait, which ends when it is let go of.
    /// - Throws: ``EngineError``: a 404 if there is no such container.
    public func wait(_ container: String, until condition: WaitCondition) async throws(EngineError) -> ContainerWait {
        let request = Request(
            .post, "/containers/\(Request.escape(container))/wait", query: [("condition", condition.rawValue)],
            timeout: nil)
        return ContainerWait(transfer: try await begin(request, isStream: false), request: request)
    }

    /// Waits until a container is gone that another request removes.
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
