// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Asks for the Engine's configuration and capabilities.
    ///
    /// `GET /info`.
    public func info() async throws(EngineError) -> SystemInfo {
        let request = Request(.get, "/info")
        return try await send(request, decoding: SystemInfo.self)
    }
}
