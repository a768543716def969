// SPDX-License-Identifier: Apache-2.0

/// An image as its inspection or a list describes it: the fields that we need.
public struct Image: Decodable, Sendable, Equatable {
    /// `sha256:…`: the digest of its configuration, or of its manifest with the containerd image store.
    public var id: String
    /// `nginx:latest`; empty for a dangling image.
    public var tags: [String]
    /// `nginx@sha256:…`, its name in a registry; empty if it has none.
    public var digests: [String]
    /// Bytes on disk, including the layers that other images share.
    public var size: Int
    /// When a pull, load, build or tag last gave it a name here, in seconds since 1970; 0 for never, and in a list, where
    /// that is missing.
    public var lastTagged: Int64

    /// The labels that its containers inherit; empty in a list.
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
        // null if there are none; in a list a dangling image is called <none>.
        tags = (try values.decodeIfPresent([String].self, forKey: .tags) ?? []).filter { $0 != "<none>:<none>" }
        digests = (try values.decodeIfPresent([String].self, forKey: .digests) ?? []).filter { $0 != "<none>@<none>" }
        labels = try values.decodeIfPresent(Config.self, forKey: .config)?.labels ?? [:]
        size = max(0, try values.decodeIfPresent(Int.self, forKey: .size) ?? 0)
        let metadata = try values.decodeIfPresent(Metadata.self, forKey: .metadata)
        // "Never" is Go's zero time, in the year 1.
        lastTagged = max(0, metadata?.lastTagTime.flatMap { Timestamp(startOf: $0.utf8) }?.seconds ?? 0)
    }
}
