// SPDX-License-Identifier: Apache-2.0

/// Keys that, typed in sequence, detach a terminal from the container: `ctrl-p,ctrl-q`.
struct DetachKeys: OptionValue {
    static let kind = "string"

    /// `nil` for an empty text: the Engine's own keys.
    let text: String?

    /// Reads a sequence of keys.
    ///
    /// - Parameter text: Characters, and `ctrl-` with one of a-z @ [ \ ] ^ _, separated by commas.
    /// - Throws: ``InvalidValue`` for any other key.
    init(option text: String) throws(InvalidValue) {
        for key in text.isEmpty ? [] : text.parts(at: ",") where key.utf8.count != 1 {
            let control = key.hasPrefix("ctrl-") ? key.dropFirst(5) : ""
            guard control.utf8.count == 1, let mark = control.first,
                ("a"..."z").contains(mark) || "@[\\]^_".contains(mark)
            else { throw InvalidValue("\"\(key)\" is neither a character nor ctrl- and one of a-z @ [ \\ ] ^ _") }
        }
        self.text = text.isEmpty ? nil : text
    }
}
