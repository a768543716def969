// SPDX-License-Identifier: Apache-2.0

/// Keys that, typed one after the other, take a terminal off a container: `ctrl-p,ctrl-q`.
struct DetachKeys: OptionValue {
    static let kind = "string"

    /// `nil` where the empty text leaves the choice to the Engine.
    let text: String?

    /// Reads characters and `ctrl-` with one of a-z @ [ \ ] ^ _, parted by commas.
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

extension ContainerOptions {
    /// When an image is pulled.
    public enum PullPolicy: String, Sendable {
        /// Where it is not there.
        case missing
        case always
        case never
        /// Always, and what is there will do where the registry cannot be reached.
        case newer
    }
}

extension ContainerOptions.PullPolicy: OptionValue {
    static var kind: String { "string" }

    init(option text: String) throws(InvalidValue) {
        guard let policy = text.isEmpty ? .never : Self(rawValue: text) else {
            throw InvalidValue("none of missing, always, newer, never")
        }
        self = policy
    }
}
