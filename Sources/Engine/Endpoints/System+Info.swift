// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Describes the Engine.
    ///
    /// `GET /info`.
    public func info() async throws(EngineError) -> SystemInfo {
        let request = Request(.get, "/info")
        return try Self.decode(SystemInfo.self, from: try await send(request), of: request)
    }
}
