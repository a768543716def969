// SPDX-License-Identifier: Apache-2.0

/// A container as the Engine lists it.
public struct ContainerSummary: Decodable, Sendable, Equatable {
    public var id: String
    /// With a slash before each; links to it come after its own.
    public var names: [String]

    private enum CodingKeys: String, CodingKey {
        case id = "Id"
        case names = "Names"
    }
}

extension Client {
    /// All containers, whether they run or not.
    ///
    /// `GET /containers/json?all=1`.
    public func list() async throws(EngineError) -> [ContainerSummary] {
        let request = Request(.get, "/containers/json", query: [("all", "1")])
        return try Self.decode([ContainerSummary].self, from: try await send(request), of: request)
    }
}
