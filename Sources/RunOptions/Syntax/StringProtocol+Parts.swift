// SPDX-License-Identifier: Apache-2.0

extension StringProtocol where SubSequence == Substring {
    /// Splits the text at the first separator.
    ///
    /// - Parameter separator: Where to cut; it belongs to neither part.
    /// - Returns: The text before the separator and the text after it; no second part where the separator is missing.
    func cut(at separator: Character) -> (Substring, Substring?) {
        guard let place = firstIndex(of: separator) else { return (self[...], nil) }
        return (self[..<place], self[index(after: place)...])
    }

    /// Splits the text at every separator.
    ///
    /// - Parameter separator: Where to split.
    /// - Returns: All parts, empty ones too; at least one.
    func parts(at separator: Character) -> [Substring] {
        split(separator: separator, omittingEmptySubsequences: false)
    }

    /// Drops a character from both ends, as often as it stands there.
    ///
    /// - Parameter character: What to drop.
    /// - Returns: The text without it.
    func trimmed(of character: Character) -> String {
        var rest = self[...].drop { $0 == character }
        while rest.last == character { rest.removeLast() }
        return String(rest)
    }

    /// The text without white space at its ends.
    var trimmed: String {
        var rest = self[...].drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
