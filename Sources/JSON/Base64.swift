// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// Decodes base64 (RFC 4648, 4).
///
/// - Parameter text: Padded base64.
/// - Returns: The bytes; `nil` if the text is not base64.
public func decodeBase64(_ text: String) -> [UInt8]? { Data(base64Encoded: text).map { Array($0) } }

/// Encodes bytes as base64 with padding (RFC 4648, 4).
public func encodeBase64(_ bytes: some Sequence<UInt8>) -> String { Data(bytes).base64EncodedString() }

/// Encodes bytes as base64url with padding, the alphabet for headers and file names (RFC 4648, 5).
public func encodeBase64URL(_ bytes: [UInt8]) -> String {
    String(
        encodeBase64(bytes).map { character in
            switch character {
            case "+": "-"
            case "/": "_"
            default: character
            }
        })
}
