// SPDX-License-Identifier: Apache-2.0

/// One line of the Engine's report on a pull or a load.
public struct ProgressMessage: Decodable, Sendable, Equatable {
    /// The layer; in the first line the tag.
    public var id: String?
    /// `Downloading`, `Extracting`, `Pull complete`, `Digest: sha256:…`.
    public var status: String?
    /// The text of a load, with its newline.
    public var stream: String?
    public var progress: Progress?
    public var error: Failure?

    public struct Progress: Decodable, Sendable, Equatable {
        /// Bytes; may be absent.
        public var current: Int?
        /// Bytes; absent or 0 if it is not known.
        public var total: Int?

        public init(current: Int?, total: Int?) {
            self.current = current
            self.total = total
        }
    }

    public struct Failure: Decodable, Sendable, Equatable {
        /// An HTTP status, if the Engine has one for it.
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
