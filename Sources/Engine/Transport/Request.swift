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
    /// The body's Content-Type.
    var bodyType = "application/json"
    /// Additional headers, which no error message quotes: they may hold secrets.
    public var headers: [(name: String, value: String)] = []
    /// How long the whole answer may take; `nil` sets no limit.
    public var timeout: Duration?

    init(
        _ method: Method, _ path: String, query: [(name: String, value: String)] = [], body: [UInt8]? = nil,
        timeout: Duration? = Request.defaultTimeout
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.body = body
        self.timeout = timeout
    }

    /// Generous: creating or starting a container takes long on a slow disk.
    static let defaultTimeout = Duration.seconds(120)

    public static func == (one: Request, other: Request) -> Bool {
        one.method == other.method && one.target == other.target && one.body == other.body
    }

    /// Path and query as in the request line.
    public var target: String {
        guard !query.isEmpty else { return path }
        return path + "?" + query.map { "\($0.name)=\(Self.escape($0.value))" }.joined(separator: "&")
    }

    /// The request's name in error messages: method and path, with IDs shortened to 12 digits as docker shows them.
    var call: String {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map { part in
            part.utf8.count == 64 && part.allSatisfy(\.isHexDigit) ? part.prefix(12) : part
        }
        return "\(method.rawValue) \(parts.joined(separator: "/"))"
    }

    /// Percent-encodes everything but the unreserved characters (RFC 3986, 2.3).
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
