// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// An image in a list.
public struct ImageSummary: Decodable, Sendable, Equatable {
    public var image: Image
    /// When it was built, in seconds since 1970.
    public var created: Int

    private enum CodingKeys: String, CodingKey { case created = "Created" }

    public init(from decoder: any Decoder) throws {
        image = try Image(from: decoder)
        let values = try decoder.container(keyedBy: CodingKeys.self)
        created = try values.decode(Int.self, forKey: .created)
    }
}

extension Client {
    /// Lists the images, without those that only other images are built on.
    ///
    /// `GET /images/json`.
    ///
    /// - Parameter filters: As `["dangling": ["true"]]`. Of several values of one name any must match.
    /// - Returns: The images.
    /// - Throws: ``EngineError``.
    public func images(filters: [String: [String]] = [:]) async throws(EngineError) -> [ImageSummary] {
        var request = Request(.get, "/images/json")
        if !filters.isEmpty {
            let text = JSON.encode(filters)
            request.query = [("filters", String(decoding: text, as: UTF8.self))]
        }
        return try await send(request, decoding: [ImageSummary].self)
    }
}
