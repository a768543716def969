// SPDX-License-Identifier: Apache-2.0

/// What the Engine knows of an image; of many fields, those that we ask for.
public struct Image: Decodable, Sendable, Equatable {
    /// `sha256:…`, the digest of its configuration, or of its manifest where containerd keeps the images.
    public var id: String
    /// `nginx:latest`; empty for a dangling one.
    public var tags: [String]
    /// `nginx@sha256:…`, by which a registry knows it; empty where none does.
    public var digests: [String]
    /// Bytes on disk, the layers that others use too among them.
    public var size: Int
    /// When it last got a tag here, by a pull, a load, a build or by hand, in seconds since 1970; 0 for never, and in a
    /// list, which does not tell.
    public var lastTagged: Int64

    /// The labels that each of its containers has unless its creation says otherwise; none in a list.
    public var labels: [String: String]

    private struct Config: Decodable {
        var labels: [String: String]?
        private enum CodingKeys: String, CodingKey { case labels = "Labels" }
    }

    private enum CodingKeys: String, CodingKey {
        case config = "Config"
        case id = "Id"
        case tags = "RepoTags"
        case digests = "RepoDigests"
        case size = "Size"
        case metadata = "Metadata"
    }

    private struct Metadata: Decodable {
        var lastTagTime: String?
        private enum CodingKeys: String, CodingKey { case lastTagTime = "LastTagTime" }
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        id = try values.decode(String.self, forKey: .id)
        // null where there are none; in a list a dangling image is called <none>.
        tags = (try values.decodeIfPresent([String].self, forKey: .tags) ?? []).filter { $0 != "<none>:<none>" }
        digests = (try values.decodeIfPresent([String].self, forKey: .digests) ?? []).filter { $0 != "<none>@<none>" }
        labels = try values.decodeIfPresent(Config.self, forKey: .config)?.labels ?? [:]
        size = max(0, try values.decodeIfPresent(Int.self, forKey: .size) ?? 0)
        let metadata = try values.decodeIfPresent(Metadata.self, forKey: .metadata)
        // Never is the year 1.
        lastTagged = max(0, metadata?.lastTagTime.flatMap { Timestamp(startOf: $0.utf8) }?.seconds ?? 0)
    }
}

/// An image in a list.
public struct ImageSummary: Decodable, Sendable, Equatable {
    public var image: Image
    /// When it was made, in seconds since 1970.
    public var created: Int

    private enum CodingKeys: String, CodingKey { case created = "Created" }

    public init(from decoder: any Decoder) throws {
        image = try Image(from: decoder)
        let values = try decoder.container(keyedBy: CodingKeys.self)
        created = try values.decode(Int.self, forKey: .created)
    }
}
