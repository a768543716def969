// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// A container that was created.
public struct CreatedContainer: Decodable, Sendable, Equatable {
    public var id: String
    /// For the user, a sentence each.
    public var warnings: [String]

    private enum CodingKeys: String, CodingKey {
        case id = "Id"
        case warnings = "Warnings"
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        id = try values.decode(String.self, forKey: .id)
        // null if there are none.
        warnings = try values.decodeIfPresent([String].self, forKey: .warnings) ?? []
    }
}

extension Client {
    /// Creates a container.
    ///
    /// `POST /containers/create`.
    ///
    /// - Parameters:
    ///   - create: The container's configuration.
    ///   - name: Its name; `nil` lets the Engine choose one.
    ///   - platform: The image's platform, as `linux/arm64`; `nil` means the Engine's own.
    /// - Returns: Its ID and the Engine's warnings.
    /// - Throws: ``EngineError``: a 404 if the image is not there, a 409 if the name is in use.
    public func create(
        _ create: CreateRequest, name: String?, platform: String? = nil
    ) async throws(EngineError) -> CreatedContainer {
        var request = Request(
            .post, "/containers/create",
            query: (name.map { [("name", $0)] } ?? []) + (platform.map { [("platform", $0)] } ?? []))
        request.body = JSON.encode(create)
        return try await send(request, decoding: CreatedContainer.self)
    }
}
