// SPDX-License-Identifier: Apache-2.0

internal import Engine

/// A device of the host: `host[:container][:mode]`, or a CDI device, `vendor/class=name`.
struct DeviceMapping: OptionValue {
    static let kind = "list"

    enum Kind: Equatable {
        case path(CreateRequest.Device)
        case cdi(String)
    }

    let device: Kind

    init(option text: String) throws(InvalidValue) {
        if Self.isCDI(text) {
            device = .cdi(text)
            return
        }
        let parts = text.parts(at: ":").map(String.init)
        guard parts.count < 4, !parts[0].isEmpty else { throw InvalidValue("not host[:container][:mode]") }
        var host = parts[0]
        var container = parts[0]
        var mode = "rwm"
        switch parts.count {
        case 1:
            host = cleanPath(host)
            container = host
        case 2 where Self.isMode(parts[1]):
            host = cleanPath(host)
            container = host
            mode = parts[1]
        case 2:
            container = parts[1].isEmpty ? "" : cleanPath(parts[1])
        default:
            container = parts[1]
            mode = parts[2]
            guard Self.isMode(mode) else {
                throw InvalidValue("the mode \"\(mode)\" may only have r, w and m, each once")
            }
        }
        guard container.hasPrefix("/") else { throw InvalidValue("\"\(container)\" is not an absolute path") }
        device = .path(
            CreateRequest.Device(pathOnHost: host, pathInContainer: container, cgroupPermissions: mode))
    }

    private static func isMode(_ text: String) -> Bool {
        !text.isEmpty && text.allSatisfy { "rwm".contains($0) } && Set(text).count == text.count
    }

    private static func isCDI(_ text: String) -> Bool {
        let (kind, name) = text.cut(at: "=")
        let (vendor, group) = kind.cut(at: "/")
        guard let name, let group else { return false }
        return isWord(vendor, with: "_-.", startsWithDigit: false) && isWord(group, with: "_-.", startsWithDigit: false)
            && isWord(name, with: "_-.:", startsWithDigit: true)
    }

    private static func isWord(_ text: Substring, with marks: String, startsWithDigit: Bool) -> Bool {
        guard let first = text.first, let last = text.last, text.allSatisfy(\.isASCII) else { return false }
        return (first.isLetter || (startsWithDigit && first.isNumber)) && (last.isLetter || last.isNumber)
            && text.allSatisfy { $0.isLetter || $0.isNumber || marks.contains($0) }
    }
}
