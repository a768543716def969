// SPDX-License-Identifier: Apache-2.0

/// A volume: `/container`, `/host:/container[:options]`, `name:/container[:options]`.
struct Volume: OptionValue, Equatable {
    static let kind = "list"

    enum Source: Equatable {
        /// A volume without a name, at this folder in the container.
        case anonymous(String)
        /// A folder of the host or a named volume, as typed; a host path that begins with a dot is relative.
        case bind(String)
    }

    let source: Source

    init(option text: String) throws(InvalidValue) {
        guard !text.isEmpty else { throw InvalidValue("empty") }
        if text.unicodeScalars.count < 3 {
            source = .anonymous(text)
            return
        }
        let fields = Self.fields(of: text)
        guard !fields.contains("") else { throw InvalidValue("nothing between two colons") }
        guard fields.count < 4 else { throw InvalidValue("more than three parts") }
        source = fields.count == 1 ? .anonymous(text) : .bind(text)
    }

    /// Makes a relative host path absolute.
    ///
    /// - Parameters:
    ///   - bind: A volume as typed.
    ///   - folder: Where relative paths begin.
    /// - Returns: The volume with an absolute host path, or with its name.
    static func absolute(_ bind: String, in folder: String) -> String {
        guard bind.hasPrefix(".") else { return bind }
        let (source, rest) = bind.cut(at: ":")
        return cleanPath("\(folder)/\(source)") + ":" + (rest ?? "")
    }

    /// The parts between colons; the colon after a single letter belongs to a Windows drive.
    private static func fields(of text: String) -> [String] {
        var fields = [""]
        for character in text {
            let field = fields[fields.count - 1]
            if character == ":", !(field.count == 1 && field.allSatisfy(\.isLetter)) {
                fields.append("")
            } else {
                fields[fields.count - 1].append(character)
            }
        }
        return fields
    }
}
