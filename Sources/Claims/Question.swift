// SPDX-License-Identifier: Apache-2.0

/// What the runtime asks: what the container is given, from one descriptor on.
///
/// An answer holds as many descriptors as fit into one packet, and the next question asks for those after them. So an
/// answer always fits into the socket's buffer, and the supervisor never waits for the runtime to read.
struct Question: Equatable {
    var container: String
    /// The first descriptor that is asked for.
    var first: Int

    /// A longer packet is not a question.
    static let longest = 256

    init(container: String, first: Int) {
        self.container = container
        self.first = first
    }

    init?(_ packet: [UInt8]) {
        guard let fields = MessageFields.read(packet), fields.count == 2, let first = Int(fields[1]), first >= 0 else {
            return nil
        }
        self.init(container: fields[0], first: first)
    }

    var packet: [UInt8] { MessageFields.write([container, String(first)]) }
}
