// SPDX-License-Identifier: Apache-2.0

extension Character {
    /// 0 to 9; Unicode has other digits, which no option takes.
    var isDigit: Bool { isASCII && isNumber }
    /// A to Z, a to z, 0 to 9.
    var isASCIIAlphanumeric: Bool { isASCII && (isLetter || isNumber) }
}
