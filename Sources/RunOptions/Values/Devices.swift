// SPDX-License-Identifier: Apache-2.0

internal import Engine

/// A limit on a resource of the process: `nofile=1024:2048`.
struct ResourceLimit: OptionValue {
    static let kind = "ulimit"

    let ulimit: CreateRequest.Ulimit

    /// Reads `name=soft[:hard]`; hard is soft's where it is not given, and -1 is unlimited.
    init(option text: String) throws(InvalidValue) {
        let (name, limits) = text.cut(at: "=")
        guard let limits else { throw InvalidValue("not name=soft[:hard]") }
        guard Self.names.contains(String(name)) else { throw InvalidValue("no such limit: \(name)") }
        let numbers = limits.parts(at: ":").map { Int64(decimal: $0) }
        guard numbers.count < 3, let first = numbers[0], let last = numbers[numbers.count - 1] else {
            throw InvalidValue("not one or two whole numbers")
        }
        guard last == -1 || (first != -1 && first <= last) else {
            throw InvalidValue("the soft limit is above the hard one")
        }
        ulimit = CreateRequest.Ulimit(name: String(name), soft: first, hard: last)
    }

    /// Sorted.
    static let names = [
        "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio",
        "rttime", "sigpending", "stack",
    ]
}

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
            host = cleaned(host)
            container = host
        case 2 where Self.isMode(parts[1]):
            host = cleaned(host)
            container = host
            mode = parts[1]
        case 2:
            container = parts[1].isEmpty ? "" : cleaned(parts[1])
        default:
            container = parts[1]
            mode = parts[2]
            guard Self.isMode(mode) else { throw InvalidValue("the mode \"\(mode)\" is not made of r, w and m") }
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

/// A rule for the devices that the container may use: `c 1:3 rwm`.
struct DeviceRule: OptionValue {
    static let kind = "list"

    let text: String

    init(option text: String) throws(InvalidValue) {
        let parts = text.parts(at: " ")
        let numbers = parts.count == 3 ? parts[1].parts(at: ":") : []
        let isRule =
            parts.count == 3 && ["a", "b", "c"].contains(parts[0]) && numbers.count == 2
            && numbers.allSatisfy { number in
                number == "*" || (!number.isEmpty && number.allSatisfy { $0.isDigit })
            } && (1...3).contains(parts[2].count) && parts[2].allSatisfy { "rwm".contains($0) }
        guard isRule else { throw InvalidValue("not a rule such as c 1:3 rwm") }
        self.text = text
    }
}

/// A device's share of block IO: `/dev/sda:500`.
struct BlockWeight: OptionValue {
    static let kind = "list"

    let weight: CreateRequest.DeviceWeight

    init(option text: String) throws(InvalidValue) {
        let (path, number) = try splitDevice(text)
        guard let weight = UInt16(decimal: number), weight == 0 || (10...1000).contains(weight) else {
            throw InvalidValue("the weight is neither 0 nor from 10 to 1000")
        }
        self.weight = CreateRequest.DeviceWeight(path: path, weight: weight)
    }
}

/// A device's limit in bytes a second: `/dev/sda:1m`.
struct BlockBytes: OptionValue {
    static let kind = "list"

    let rate: CreateRequest.DeviceRate

    init(option text: String) throws(InvalidValue) {
        let (path, number) = try splitDevice(text)
        rate = CreateRequest.DeviceRate(path: path, rate: UInt64(try Int64(binaryUnits: String(number))))
    }
}

/// A device's limit in operations a second: `/dev/sda:1000`.
struct BlockOperations: OptionValue {
    static let kind = "list"

    let rate: CreateRequest.DeviceRate

    init(option text: String) throws(InvalidValue) {
        let (path, number) = try splitDevice(text)
        guard let count = UInt64(decimal: number) else { throw InvalidValue("the rate is not a whole number") }
        rate = CreateRequest.DeviceRate(path: path, rate: count)
    }
}

private func splitDevice(_ text: String) throws(InvalidValue) -> (String, Substring) {
    let (path, rest) = text.cut(at: ":")
    guard let rest, !path.isEmpty else { throw InvalidValue("not device:number") }
    guard path.hasPrefix("/dev/") else { throw InvalidValue("\"\(path)\" is not below /dev/") }
    return (String(path), rest)
}
