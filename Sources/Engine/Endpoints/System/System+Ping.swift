// SPDX-License-Identifier: Apache-2.0

extension CurlTransport {
    /// Asks for the newest version of the API that the Engine speaks.
    ///
    /// `GET /_ping`, without a version in its path; the version is in the response's `Api-Version` header.
    ///
    /// - Parameter timeout: How long the Engine may take. It takes longer if it hangs, or if it is still about to start
    ///   and systemd holds its socket. `nil` sets no limit.
    /// - Returns: The version.
    /// - Throws: ``EngineError``.
    func ping(timeout: Duration?) async throws(EngineError) -> APIVersion {
        let request = Request(.get, "/_ping", timeout: timeout)
        let response = try await send(request).accepted(for: request)
        guard let text = response.headers["api-version"], let version = APIVersion(text) else {
            throw .garbage(call: request.call, reason: "no Api-Version header")
        }
        return version
    }
}
