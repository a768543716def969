// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// The bytes that a text in base64 stands for (RFC 4648, 4); `nil` where it is none.
public func decodeBase64(_ text: String) -> [UInt8]? { Data(base64Encoded: text).map { Array($0) } }

/// Bytes in the alphabet for headers and file names (RFC 4648, 5), padded.
public func encodeBase64URL(_ bytes: [UInt8]) -> String {
    String(
        Data(bytes).base64EncodedString().map { character in
            switch character {
            case "+": "-"
            case "/": "_"
            default: character
            }
        })
}
