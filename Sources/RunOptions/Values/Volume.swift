// SPDX-License-Identifier: Apache-2.0

/// A volume: `/container`, `/host:/container[:options]`, `name:/container[:options]`.
struct Volume: OptionValue, Equatable {
    static let kind = "list"

    enum Place: Equatable {
        /// A volume without a name, by its folder in the container.
        case anonymous(String)
        /// A folder of the host or a named volume, as typed; a host path that begins with a dot is relative.
        case bind(String)
    }

    let place: Place

    init(option text: String) throws(InvalidValue) {
        guard !text.isEmpty else { throw InvalidValue("empty") }
        if text.unicodeScalars.count < 3 {
            place = .anonymous(text)
            return
        }
        let fields = Self.fields(of: text)
        guard !fields.contains("") else { throw InvalidValue("nothing between two colons") }
        guard fields.count < 4 else { throw InvalidValue("more than three parts") }
        place = fields.count == 1 ? .anonymous(text) : .bind(text)
    }

    /// The text with a relative host path made absolute.
    static func absolute(_ bind: String, in folder: String) -> String {
        guard bind.hasPrefix(".") else { return bind }
        let (source, rest) = bind.cut(at: ":")
        return cleaned("\(folder)/\(source)") + ":" + (rest ?? "")
    }

    /// The parts between colons; one behind a single letter belongs to a Windows drive.
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

/// A path without `.`, `..` and doubled slashes, as Go's path.Clean writes it.
func cleaned(_ path: String) -> String {
    let isAbsolute = path.hasPrefix("/")
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
        if part != ".." {
            parts.append(part)
        } else if let last = parts.last, last != ".." {
            parts.removeLast()
        } else if !isAbsolute {
            parts.append(part)
        }
    }
    let text = (isAbsolute ? "/" : "") + parts.joined(separator: "/")
    return text.isEmpty ? "." : text
}
