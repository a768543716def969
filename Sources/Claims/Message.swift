// SPDX-License-Identifier: Apache-2.0

/// What the runtime asks: what the container is given, from one descriptor on.
///
/// An answer holds as many descriptors as go into one packet, and the next question asks for those behind them. So
/// an answer always finds room in the socket's buffer, and the supervisor never waits for the runtime to read.
struct Question: Equatable {
    var container: String
    /// The first descriptor that is asked for.
    var first: Int

    /// Longer ones are not ours.
    static let longest = 256

    init(container: String, first: Int) {
        self.container = container
        self.first = first
    }

    init?(_ packet: [UInt8]) {
        guard let fields = Fields.read(packet), fields.count == 2, let first = Int(fields[1]), first >= 0 else {
            return nil
        }
        self.init(container: fields[0], first: first)
    }

    var packet: [UInt8] { Fields.write([container, String(first)]) }
}

/// One packet of the answer.
///
/// Its descriptors stand beside it: stdout and stderr if they are handed over, then sockets.
struct Reply: Equatable {
    var container: String
    /// Whether the first two of all descriptors are stdout and stderr.
    var handsOutput: Bool
    /// How many descriptors there are in all.
    var total: Int
    /// Those of the sockets in this packet.
    var names: [String]

    /// A packet full of descriptors with the longest names that systemd allows (FDNAME_MAX, 255) is half as long.
    static let longest = 131_072

    init(container: String, handsOutput: Bool, total: Int, names: [String]) {
        self.container = container
        self.handsOutput = handsOutput
        self.total = total
        self.names = names
    }

    init?(_ packet: [UInt8]) {
        guard let fields = Fields.read(packet), fields.count >= 3, let output = ["0": false, "1": true][fields[1]],
            let total = Int(fields[2]), total >= (output ? 2 : 0)
        else { return nil }
        self.init(container: fields[0], handsOutput: output, total: total, names: Array(fields.dropFirst(3)))
    }

    var packet: [UInt8] { Fields.write([container, handsOutput ? "1" : "0", String(total)] + names) }
}

/// Texts, each with a zero byte behind it; the first says which protocol it is.
private enum Fields {
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
