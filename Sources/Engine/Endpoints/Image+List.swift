// SPDX-License-Identifier: Apache-2.0

internal import JSON

extension Client {
    /// Lists the images, but for those that only others are built on.
    ///
    /// `GET /images/json`.
    ///   - filters: As `["dangling": ["true"]]`; several values of one name mean any of them.
    public func images(filters: [String: [String]] = [:]) async throws(EngineError) -> [ImageSummary] {
        var request = Request(.get, "/images/json")
        if !filters.isEmpty {
            let text = JSON.encode(filters)
            request.query = [("filters", String(decoding: text, as: UTF8.self))]
        }
        return try Self.decode([ImageSummary].self, from: try await send(request), of: request)
    }
}
