// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import Linux

/// A security option: `name=value`, `name:value`, or `no-new-privileges` alone.
struct SecurityOption: OptionValue {
    static let kind = "list"

    /// As the Engine gets it: a seccomp profile with the file's contents in place of its path.
    let text: String

    /// Nothing is to be masked or read-only below /proc and /sys; the client's business, not the Engine's.
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

    /// Checks the syntax and keeps nothing.
    private struct Anything: Decodable {
        init(from decoder: any Decoder) {}
    }

    /// The same JSON text without the white space between its words.
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

/// A kernel parameter that a container may have for itself: `net.core.somaxconn=1024`.
struct KernelParameter: OptionValue {
    static let kind = "map"

    let text: String

    init(option text: String) throws(InvalidValue) {
        let (name, value) = text.cut(at: "=")
        guard value != nil else { throw InvalidValue("not name=value") }
        guard name.hasPrefix("net.") || name.hasPrefix("fs.mqueue.") || Self.names.contains(String(name)) else {
            throw InvalidValue("a container cannot have \(name) for itself")
        }
        self.text = text
    }

    /// Sorted; those of the IPC namespace.
    static let names = [
        "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shm_rmid_forced", "kernel.shmall",
        "kernel.shmmax", "kernel.shmmni",
    ]
}

/// How far a container's memory is swapped out: 0 to 100, or -1 for the host's.
struct Swappiness: OptionValue {
    static let kind = "int"

    let percent: Int64

    init(option text: String) throws(InvalidValue) {
        percent = try Int64(option: text)
        guard percent == -1 || (0...100).contains(percent) else { throw InvalidValue("neither -1 nor from 0 to 100") }
    }
}
