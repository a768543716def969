// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// What came of making a container.
public struct CreatedContainer: Decodable, Sendable, Equatable {
    public var id: String
    /// Sentences for the user.
    public var warnings: [String]

    private enum CodingKeys: String, CodingKey {
        case id = "Id"
        case warnings = "Warnings"
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        id = try values.decode(String.self, forKey: .id)
        // null where there are none.
        warnings = try values.decodeIfPresent([String].self, forKey: .warnings) ?? []
    }
}

extension Client {
    /// Makes a container that does not run yet.
    ///
    /// `POST /containers/create`.
    ///   - name: `nil` lets the Engine choose one.
    ///   - platform: `linux/arm64`; `nil` takes the Engine's own.
    ///   - Throws: a 404 where the image is not there, a 409 where the name is taken.
    public func create(
        _ create: CreateRequest, name: String?, platform: String? = nil
    ) async throws(EngineError) -> CreatedContainer {
        var request = Request(
            .post, "/containers/create",
            query: (name.map { [("name", $0)] } ?? []) + (platform.map { [("platform", $0)] } ?? []))
        request.body = JSON.encode(create)
        return try Self.decode(CreatedContainer.self, from: try await send(request), of: request)
    }
}
