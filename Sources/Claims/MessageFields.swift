// SPDX-License-Identifier: Apache-2.0

/// The form of both messages: texts, each followed by a zero byte, of which the first names the protocol.
enum MessageFields {
    /// Supervisor and runtime may be of different releases for as long as an update takes.
    private static let protocolName = "systemd-docker claim 1"

    static func write(_ fields: [String]) -> [UInt8] {
        ([protocolName] + fields).flatMap { Array($0.utf8) + [0] }
    }

    static func read(_ packet: [UInt8]) -> [String]? {
        guard packet.last == 0 else { return nil }
        var fields: [String] = []
        for field in packet.dropLast().split(separator: 0, omittingEmptySubsequences: false) {
            guard let text = String(validating: field, as: UTF8.self) else { return nil }
            fields.append(text)
        }
        return fields.first == protocolName ? Array(fields.dropFirst()) : nil
    }
}
