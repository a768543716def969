// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// How many arrays and objects may stand in one another: more than anybody writes.
///
/// Recursion that others control must not reach the end of the stack, and Foundation's decoder ends the program at the
/// end of a text that is 513 deep.
let deepest = 500

/// Text that is not JSON, or not of the shape asked for.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String
}

/// Reads a value from JSON text; keys it does not ask for are passed over.
///
/// The only way to Foundation's decoder: what that does not survive does not reach it.
///
/// - Parameters:
///   - type: What is read.
///   - text: JSON in UTF-8.
/// - Returns: the value.
/// - Throws: for text that is not JSON, is nested deeper than 500 levels, or is not of the type's shape.
public func decode<Value: Decodable>(_ type: Value.Type, from text: some Sequence<UInt8>) throws(JSONError) -> Value {
    let data = Data(text)
    if let fault = data.withUnsafeBytes(fault) { throw JSONError(description: fault) }
    do {
        return try JSONDecoder().decode(type, from: data)
    } catch DecodingError.keyNotFound(let key, _) {
        throw JSONError(description: "no key \"\(key.stringValue)\"")
    } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
        let path = context.codingPath.map(\.stringValue).joined(separator: ".")
        throw JSONError(description: "an unexpected value at \"\(path)\"")
    } catch {
        throw JSONError(description: "not JSON")
    }
}

/// What must not be decoded; `nil` where there is nothing of it.
///
/// Brackets within strings are text, and of text that is not JSON only the depth matters here.
private func fault(in text: UnsafeRawBufferPointer) -> String? {
    var (depth, isInString, isEscaped) = (0, false, false)
    for byte in text {
        switch byte {
        // No text in UTF-8 that is JSON has these bytes. The decoder takes UTF-16 and UTF-32 as well (RFC 4627, 3), in
        // which what looks like a quote or a bracket may be half of another character.
        case 0x00, 0xFE, 0xFF:
            return "not JSON"
        case _ where isEscaped:
            isEscaped = false
        case UInt8(ascii: "\\") where isInString:
            isEscaped = true
        case UInt8(ascii: "\""):
            isInString.toggle()
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            if !isInString { depth += 1 }
            if depth > deepest { return "nested deeper than \(deepest) levels" }
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
            if !isInString { depth = max(0, depth - 1) }
        default:
            break
        }
    }
    return nil
}
