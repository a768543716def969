// SPDX-License-Identifier: Apache-2.0

/// Numbers that look random and are the same for the same seed (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var number = state
        number = (number ^ (number >> 30)) &* 0xBF58_476D_1CE4_E5B9
        number = (number ^ (number >> 27)) &* 0x94D0_49BB_1331_11EB
        return number ^ (number >> 31)
    }
}

/// Makes inputs out of good ones.
struct Mutator {
    /// More than a piece of a log.
    private static let longest = 20000

    /// What programs do not expect: numbers at the ends of their types, times at the ends of the calendar, depth, and
    /// characters that are more, or less, than they look.
    private static let words: [[UInt8]] =
        [
            "0", "-0", "-1", "127", "128", "255", "256", "65535", "65536", "2147483647", "2147483648", "-2147483649",
            "4294967295", "4294967296", "4611686018427387904", "9223372036854775807", "9223372036854775808",
            "-9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616", "1e400",
            "1e-400", "1e18", "1e19", "1.5", "0.1", "1e-9223372036854775808", "0x7fffffffffffffff", "017", "1_0", "NaN",
            "inf", "99999999999999999999999999999999999999999999", "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59.999999999Z", "2262-04-11T23:47:16.854775808Z", "null", "true", "[", "]", "{", "}",
            "\"",
            "\\", "\\u0000", "\\ud800", "\\udc00", "'", "`", "$", "${", "%", "%%", "$$", "*", ":", ",", "=", "-", "--",
            "/", "..", "@", ";", " ", "\t", "\n", "\r", "\r\n", "\0", "\u{301}", "1\u{301}", "٣", "²", "é", "🐳", "ß",
            "İ",
            "\u{FEFF}", "\u{2028}", "",
        ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0x80], [0xFE, 0xFF], [0xFF, 0xFF, 0xFF, 0xFF]]

    var numbers: SeededNumbers
    let seeds: [[UInt8]]

    /// One of the seeds, changed a few times.
    mutating func next() -> [UInt8] {
        var text = seeds.randomElement(using: &numbers) ?? []
        for _ in 0..<Int.random(in: 1...6, using: &numbers) { change(&text) }
        return Array(text.prefix(Self.longest))
    }

    private mutating func change(_ text: inout [UInt8]) {
        let place = Int.random(in: 0...text.count, using: &numbers)
        let part = place..<min(text.count, place + Int.random(in: 0...20, using: &numbers))
        let word = Self.words.randomElement(using: &numbers) ?? []
        switch Int.random(in: 0..<10, using: &numbers) {
        case 0: text.insert(contentsOf: word, at: place)
        case 1: text.replaceSubrange(part, with: word)
        case 2: text.removeSubrange(part)
        case 3: text.insert(contentsOf: text[part], at: place)
        case 4: text.removeLast(text.count - place)
        case 5:
            let piece = Bool.random(using: &numbers) ? word : Array(text[part])
            let count = [2, 16, 513].randomElement(using: &numbers) ?? 2
            var pieces: [UInt8] = []
            while pieces.count < min(count * piece.count, Self.longest / 4) { pieces += piece }
            text.insert(contentsOf: pieces, at: place)
        case 6:
            let other = seeds.randomElement(using: &numbers) ?? []
            text.replaceSubrange(place..., with: other.suffix(Int.random(in: 0...other.count, using: &numbers)))
        case 7: if place < text.count { text[place] ^= 1 << UInt8.random(in: 0..<8, using: &numbers) }
        case 8: if place < text.count { text[place] = .random(in: 0...255, using: &numbers) }
        default: replaceNumber(&text, from: place, with: word)
        }
    }

    /// Puts a word in the place of the next digits.
    private func replaceNumber(_ text: inout [UInt8], from place: Int, with word: [UInt8]) {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard let start = text[place...].firstIndex(where: digits.contains) else { return }
        let end = text[start...].firstIndex { !digits.contains($0) } ?? text.count
        text.replaceSubrange(start..<end, with: word)
    }
}
