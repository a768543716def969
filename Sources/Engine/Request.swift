// SPDX-License-Identifier: Apache-2.0

/// One HTTP request to the Engine.
public struct Request: Sendable, Equatable {
    public enum Method: String, Sendable {
        case get = "GET", post = "POST", put = "PUT", delete = "DELETE", head = "HEAD"
    }

    public var method: Method
    /// Without the version: `/containers/web/json`.
    public var path: String
    public var query: [(name: String, value: String)]
    public var body: [UInt8]?
    /// What the body is.
    var bodyType = "application/json"
    /// Beyond those that every request has; they may hold secrets, and no error text quotes them.
    public var headers: [(name: String, value: String)] = []
    /// How long the answer may take; `nil` waits for ever.
    public var timeoutSeconds: Int?

    init(
        _ method: Method, _ path: String, query: [(name: String, value: String)] = [], body: [UInt8]? = nil,
        timeoutSeconds: Int? = Request.patience
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.body = body
        self.timeoutSeconds = timeoutSeconds
    }

    /// Seconds for calls that only do their work: a daemon on a slow disk may take its time to create or start.
    static let patience = 120

    public static func == (one: Request, other: Request) -> Bool {
        one.method == other.method && one.target == other.target && one.body == other.body
    }

    /// Path and query as they stand in the request line.
    public var target: String {
        guard !query.isEmpty else { return path }
        return path + "?" + query.map { "\($0.name)=\(Self.escape($0.value))" }.joined(separator: "&")
    }

    /// What an error text calls the request: the path with IDs cut to the 12 digits that docker shows.
    var call: String {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map { part in
            part.utf8.count == 64 && part.allSatisfy(\.isHexDigit) ? part.prefix(12) : part
        }
        return "\(method.rawValue) \(parts.joined(separator: "/"))"
    }

    /// Escapes what may not stand in a part of a path or in a query's value (RFC 3986, 2.3).
    static func escape(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                String(UnicodeScalar(byte))
            default:
                "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}

/// The Engine's answer to a request.
public struct Response: Sendable, Equatable {
    public var status: Int
    /// Names in lower case.
    public var headers: [String: String]
    public var body: [UInt8]
}
