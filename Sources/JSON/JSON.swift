// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// How deeply arrays and objects may be nested; no real document comes near.
///
/// The input must not be able to overflow the stack by recursion, and Foundation's decoder crashes on text that is nested
/// 513 levels deep.
let deepest = 500

/// Text that is not JSON, or does not have the requested shape.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String
}

/// Decodes a value from JSON text; keys that it does not use are ignored.
///
/// The only caller of Foundation's decoder, which crashes on some input: that is rejected here.
///
/// - Parameters:
///   - type: The type to decode.
///   - text: JSON in UTF-8.
/// - Returns: The value.
/// - Throws: ``JSONError`` for text that is not JSON, is nested deeper than 500 levels, or does not have the type's
///   shape.
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

/// Finds what Foundation's decoder must not see; `nil` if the text may be decoded.
///
/// Brackets within strings do not count. The text need not be valid JSON; only its depth matters here.
private func fault(in text: UnsafeRawBufferPointer) -> String? {
    var (depth, isInString, isEscaped) = (0, false, false)
    for byte in text {
        switch byte {
        // JSON in UTF-8 does not contain these bytes. The decoder accepts UTF-16 and UTF-32 as well (RFC 4627, 3), in
        // which a byte that looks like a quote or a bracket may be part of another character.
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
