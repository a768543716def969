// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Tells a container's terminal how large it is, in characters.
    ///
    /// `POST /containers/{id}/resize?h=…&w=…`.
    public func resize(_ container: String, rows: Int, columns: Int) async throws(EngineError) {
        try await send(
            Request(
                .post, "/containers/\(Request.escape(container))/resize",
                query: [("h", "\(rows)"), ("w", "\(columns)")],
                timeoutSeconds: 30))
    }
}
