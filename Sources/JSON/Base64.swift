// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// The bytes that a text in base64 stands for (RFC 4648, 4); `nil` where it is none.
public func decodeBase64(_ text: String) -> [UInt8]? { Data(base64Encoded: text).map { Array($0) } }

/// Bytes in base64, padded (RFC 4648, 4).
public func encodeBase64(_ bytes: some Sequence<UInt8>) -> String { Data(bytes).base64EncodedString() }

/// Bytes in the alphabet for headers and file names (RFC 4648, 5), padded.
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
