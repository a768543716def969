// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// Text that is not JSON, or not of the shape asked for.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String
}

/// Reads a value from JSON text; keys it does not ask for are passed over.
public func decode<Value: Decodable>(_ type: Value.Type, from text: some Sequence<UInt8>) throws(JSONError) -> Value {
    do {
        return try JSONDecoder().decode(type, from: Data(text))
    } catch DecodingError.keyNotFound(let key, _) {
        throw JSONError(description: "no key \"\(key.stringValue)\"")
    } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
        let path = context.codingPath.map(\.stringValue).joined(separator: ".")
        throw JSONError(description: "an unexpected value at \"\(path)\"")
    } catch {
        throw JSONError(description: "not JSON")
    }
}
