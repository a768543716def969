// SPDX-License-Identifier: Apache-2.0

/// A capability in the form that the kernel's headers use: `CAP_NET_ADMIN`; `ALL` stays as it is.
struct Capability: OptionValue {
    static let kind = "list"

    let text: String

    init(option text: String) {
        let upper = text.uppercased()
        self.text = upper == "ALL" || upper.hasPrefix("CAP_") ? upper : "CAP_\(upper)"
    }
}

/// A restart policy, of which a supervised container can only have `no`.
struct NoRestart: OptionValue {
    static let kind = "string"

    let text: String

    init(option text: String) throws(InvalidValue) {
        guard ["", "no", "no:"].contains(text) else {
            throw InvalidValue("restarting is systemd's job, use Restart= in the unit")
        }
        self.text = text.trimmed(of: ":")
    }
}

/// A file system in memory: `path`, `path:options`.
struct MemoryFileSystem: OptionValue {
    static let kind = "list"

    let path: String
    let options: String

    init(option text: String) {
        let (path, options) = text.cut(at: ":")
        self.path = String(path)
        self.options = String(options ?? "")
    }
}

/// One of a container's streams: `stdin`, `stdout`, `stderr`.
enum Stream: String, OptionValue {
    case stdin, stdout, stderr

    static var kind: String { "list" }

    init(option text: String) throws(InvalidValue) {
        guard let stream = Stream(rawValue: text.lowercased()) else {
            throw InvalidValue("none of stdin, stdout, stderr")
        }
        self = stream
    }
}

/// A text of which the empty one means "not given".
struct Setting: OptionValue {
    static let kind = "string"

    let text: String?

    init(option text: String) { self.text = text.isEmpty ? nil : text }
}
