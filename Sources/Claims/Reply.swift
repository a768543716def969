// SPDX-License-Identifier: Apache-2.0

/// One packet of the answer.
///
/// Descriptors go with it: stdout and stderr if they are passed, then sockets.
struct Reply: Equatable {
    var container: String
    /// Whether the first two of all descriptors are stdout and stderr.
    var handsOutput: Bool
    /// How many descriptors there are in all.
    var total: Int
    /// The names of the sockets in this packet.
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
        guard let fields = MessageFields.read(packet), fields.count >= 3,
            let output = ["0": false, "1": true][fields[1]],
            let total = Int(fields[2]), total >= (output ? 2 : 0)
        else { return nil }
        self.init(container: fields[0], handsOutput: output, total: total, names: Array(fields.dropFirst(3)))
    }

    var packet: [UInt8] { MessageFields.write([container, handsOutput ? "1" : "0", String(total)] + names) }
}
