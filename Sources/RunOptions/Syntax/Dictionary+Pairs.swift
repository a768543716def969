// SPDX-License-Identifier: Apache-2.0

extension Dictionary where Key == String, Value == String {
    /// Reads `key=value` words; a word without = is a key with an empty value, and the last word of a key wins.
    ///
    /// - Parameter words: The words.
    init(pairs words: some Sequence<String>) {
        self.init()
        for word in words {
            let (key, value) = word.cut(at: "=")
            self[String(key)] = String(value ?? "")
        }
    }
}
