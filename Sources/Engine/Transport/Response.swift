// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// The Engine's answer to a request.
public struct Response: Sendable, Equatable {
    public var status: Int
    /// Names in lower case.
    public var headers: [String: String]
    public var body: [UInt8]

    /// Checks the status.
    ///
    /// - Parameter request: The request that this answers.
    /// - Returns: The response itself.
    /// - Throws: ``EngineError/refused(call:status:message:)`` for a status of 400 or above.
    @discardableResult
    func accepted(for request: Request) throws(EngineError) -> Response {
        guard status >= 400 else { return self }
        throw Self.refusal(status: status, body: body, of: request)
    }

    /// Decodes the JSON body.
    ///
    /// - Parameters:
    ///   - type: The type to decode.
    ///   - request: The request that this answers.
    /// - Returns: The decoded value.
    /// - Throws: ``EngineError/garbage(call:reason:)`` if the body does not have the shape of `type`.
    func decode<Value: Decodable>(
        _ type: Value.Type = Value.self, for request: Request
    ) throws(EngineError) -> Value {
        do throws(JSONError) {
            return try JSON.decode(type, from: body)
        } catch {
            throw .garbage(call: request.call, reason: error.description)
        }
    }

    /// The error of a refused request, with the Engine's message if its body has one.
    static func refusal(status: Int, body: [UInt8], of request: Request) -> EngineError {
        struct Refusal: Decodable { var message: String }
        let message =
            (try? JSON.decode(Refusal.self, from: body).message) ?? String(decoding: body.prefix(200), as: UTF8.self)
        return refusal(status: status, message: message, of: request)
    }

    /// The error of a refused request, its message on one line.
    static func refusal(status: Int, message: String, of request: Request) -> EngineError {
        let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        return .refused(call: request.call, status: status, message: line)
    }
}
