// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Sets the size of a container's terminal, in characters.
    ///
    /// `POST /containers/{id}/resize?h=…&w=…`.
    public func resize(_ container: String, rows: Int, columns: Int) async throws(EngineError) {
        try await send(
            Request(
                .post, "/containers/\(Request.escape(container))/resize",
                query: [("h", "\(rows)"), ("w", "\(columns)")],
                timeout: .seconds(30)))
    }
}
