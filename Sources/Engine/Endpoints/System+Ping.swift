// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Asks for the newest version of the API that the Engine speaks.
    ///
    /// `GET /_ping`, without a version in its path; the answer's `Api-Version` header tells.
    ///   - Throws: ``EngineError/timedOut(call:seconds:)`` after 10 s: a daemon that does not even answer this hangs.
    func ping() async throws(EngineError) -> APIVersion {
        let request = Request(.get, "/_ping", timeoutSeconds: 10)
        let response = try await sendUnversioned(request)
        guard let text = response.headers["api-version"], let version = APIVersion(text) else {
            throw .garbage(call: request.call, reason: "no Api-Version header")
        }
        return version
    }
}
