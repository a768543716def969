// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import Linux

/// A security option: `name=value`, `name:value`, or `no-new-privileges` alone.
struct SecurityOption: OptionValue {
    static let kind = "list"

    /// What the Engine gets: of a seccomp profile the file's contents, not its path.
    let text: String

    /// Whether nothing below /proc and /sys is masked or read-only; the Engine has fields for that, not an option.
    var unmasksSystemPaths: Bool { text == "systempaths=unconfined" }

    init(option text: String) throws(InvalidValue) {
        var (name, value) = text.cut(at: "=")
        if value == nil, name != "no-new-privileges" { (name, value) = text.cut(at: ":") }
        guard name == "no-new-privileges" || value?.isEmpty == false else { throw InvalidValue("not name=value") }
        guard name == "seccomp", let value, value != "unconfined", value != "builtin" else {
            self.text = text
            return
        }
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try Files.read(String(value))
        } catch {
            throw InvalidValue("cannot read the profile: \(error.reason)")
        }
        do throws(JSONError) {
            _ = try JSON.decode(Anything.self, from: bytes)
        } catch {
            throw InvalidValue("cannot read the profile: \(error)")
        }
        self.text = "seccomp=\(String(decoding: Self.compacted(bytes), as: UTF8.self))"
    }

    /// Accepts any JSON and keeps nothing of it.
    private struct Anything: Decodable {
        init(from decoder: any Decoder) {}
    }

    /// The same JSON without white space between its tokens, as docker sends it.
    private static func compacted(_ bytes: [UInt8]) -> [UInt8] {
        var isInString = false
        var isEscaped = false
        return bytes.filter { byte in
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                return true
            }
            isInString = byte == UInt8(ascii: "\"")
            return ![0x20, 0x09, 0x0A, 0x0D].contains(byte)
        }
    }
}
