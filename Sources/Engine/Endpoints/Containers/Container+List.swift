// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// A container in a list.
public struct ContainerSummary: Decodable, Sendable, Equatable {
    public var id: String
    /// Each with a slash before it; its own name comes before those that links give it.
    public var names: [String]
    public var imageID: String
    public var labels: [String: String]

    private enum CodingKeys: String, CodingKey {
        case id = "Id"
        case names = "Names"
        case imageID = "ImageID"
        case labels = "Labels"
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        id = try values.decode(String.self, forKey: .id)
        names = try values.decode([String].self, forKey: .names)
        imageID = try values.decode(String.self, forKey: .imageID)
        labels = try values.decodeIfPresent([String: String].self, forKey: .labels) ?? [:]
    }
}

extension Client {
    /// Lists all containers, whether they run or not.
    ///
    /// `GET /containers/json?all=1`.
    ///
    /// - Parameter filters: As `["label": ["web"]]`. Of several values of one name any must match, of `label` all.
    /// - Returns: The containers.
    /// - Throws: ``EngineError``.
    public func list(filters: [String: [String]] = [:]) async throws(EngineError) -> [ContainerSummary] {
        var request = Request(.get, "/containers/json", query: [("all", "1")])
        if !filters.isEmpty {
            let text = JSON.encode(filters)
            request.query.append(("filters", String(decoding: text, as: UTF8.self)))
        }
        return try await send(request, decoding: [ContainerSummary].self)
    }
}
