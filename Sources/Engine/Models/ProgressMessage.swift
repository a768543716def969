// SPDX-License-Identifier: Apache-2.0

/// One line of what the Engine tells while it pulls or loads an image.
public struct ProgressMessage: Decodable, Sendable, Equatable {
    /// The layer that it is about; in the first line the tag.
    public var id: String?
    /// `Downloading`, `Extracting`, `Pull complete`, `Digest: sha256:…`.
    public var status: String?
    /// What a load has to say, with its newline.
    public var stream: String?
    public var progress: Progress?
    public var error: Failure?

    public struct Progress: Decodable, Sendable, Equatable {
        /// Bytes; absent where nothing is to be said.
        public var current: Int?
        /// Bytes; absent or 0 where nobody knows.
        public var total: Int?

        public init(current: Int?, total: Int?) {
            self.current = current
            self.total = total
        }
    }

    public struct Failure: Decodable, Sendable, Equatable {
        /// An HTTP status, where the Engine has one.
        public var code: Int?
        public var message: String
    }

    public init(id: String? = nil, status: String? = nil, progress: Progress? = nil) {
        self.id = id
        self.status = status
        self.progress = progress
    }

    private enum CodingKeys: String, CodingKey {
        case id
        case status
        case stream
        case progress = "progressDetail"
        case error = "errorDetail"
    }
}
