// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Asks for the newest version of the API that the Engine speaks.
    ///
    /// `GET /_ping`, without a version in its path; the answer's `Api-Version` header tells.
    ///   - timeoutSeconds: When to give up: a daemon that does not even answer this hangs, or is not up yet and only
    ///     its socket is, which systemd holds for it. `nil` waits for ever.
    func ping(timeoutSeconds: Int? = 10) async throws(EngineError) -> APIVersion {
        let request = Request(.get, "/_ping", timeoutSeconds: timeoutSeconds)
        let response = try await sendUnversioned(request)
        guard let text = response.headers["api-version"], let version = APIVersion(text) else {
            throw .garbage(call: request.call, reason: "no Api-Version header")
        }
        return version
    }
}
