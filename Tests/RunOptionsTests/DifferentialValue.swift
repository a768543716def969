// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Any JSON.
indirect enum JSONValue: Decodable, Equatable, CustomStringConvertible {
    case null
    case bool(Bool)
    case integer(Int64)
    case large(UInt64)
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        // The likely first: what does not fit is slow to find out.
        if value.decodeNil() {
            self = .null
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let integer = try? value.decode(Int64.self) {
            self = .integer(integer)
        } else if let large = try? value.decode(UInt64.self) {
            self = .large(large)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let list = try? value.decode([JSONValue].self) {
            self = .list(list)
        } else {
            self = .object(try value.decode([String: JSONValue].self))
        }
    }

    var description: String {
        switch self {
        case .null: "null"
        case .bool(let bool): "\(bool)"
        case .integer(let integer): "\(integer)"
        case .large(let large): "\(large)"
        case .number(let number): "\(number)"
        case .text(let text): "\"\(text)\""
        case .list(let list): "\(list)"
        case .object(let object):
            "{\(object.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", "))}"
        }
    }

    /// The body of a request without what the Engine does not look at, and with lists that docker shuffles sorted.
    func normal(at path: [String] = []) -> JSONValue {
        switch self {
        case .object(let object):
            var kept: [String: JSONValue] = [:]
            for (key, value) in object where value != .null && !Self.isIdle(key, value, at: path) {
                kept[key] = value.normal(at: path + [key])
            }
            return .object(kept)
        case .list(let list):
            let values = list.map { $0.normal(at: path) }
            guard path == ["Env"] || path == ["HostConfig", "Binds"] else { return .list(values) }
            return .list(values.sorted { $0.description < $1.description })
        default: return self
        }
    }

    /// Fields that every docker client sends and that say nothing in a request.
    private static func isIdle(_ key: String, _ value: JSONValue, at path: [String]) -> Bool {
        if path.count == 3, path[1] == "EndpointsConfig" {
            let engines: Set = [
                "DNSNames", "EndpointID", "Gateway", "GlobalIPv6Address", "GlobalIPv6PrefixLen", "IPAddress",
                "IPPrefixLen", "IPv6Gateway", "NetworkID",
            ]
            return engines.contains(key) || (key == "GwPriority" && value == .integer(0))
        }
        let windows: Set = [
            "Cgroup", "ContainerIDFile", "CpuCount", "CpuPercent", "IOMaximumBandwidth", "IOMaximumIOps",
        ]
        if path == ["HostConfig"] {
            return windows.contains(key) && [.integer(0), .text("")].contains(value)
        }
        // Clients before 28 send them empty.
        return path.isEmpty && ["MacAddress", "OnBuild"].contains(key) && value == .text("")
    }

    /// Where two differ, a line each.
    static func differences(_ docker: JSONValue?, _ ours: JSONValue?, at path: String = "") -> [String] {
        if docker == ours { return [] }
        if case .object(let one) = docker, case .object(let other) = ours {
            return Set(one.keys).union(other.keys).sorted().flatMap {
                differences(one[$0], other[$0], at: "\(path).\($0)")
            }
        }
        return ["\(path): docker \(docker?.description ?? "nothing"), ours \(ours?.description ?? "nothing")"]
    }
}
