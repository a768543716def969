// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// What a supervisor gives its container (``Offer``), with descriptors of this process, close-on-exec.
public struct ReceivedOffer: ~Copyable {
    /// The names of the sockets, in their order.
    public private(set) var names: [String] = []
    /// stdout and stderr, if they are passed, then the sockets.
    private(set) var descriptors: [Int32] = []
    private var handsOutput = false
    private var total = -1

    deinit { for descriptor in descriptors { _ = close(descriptor) } }

    /// Gives the descriptors to the caller, who closes them.
    ///
    /// - Returns: The sockets, in their order; stdout and stderr, or `nil` where they stay Docker's.
    public mutating func takeDescriptors() -> (sockets: [Int32], output: Offer.Output?) {
        defer { descriptors = [] }
        return (
            sockets: Array(descriptors.dropFirst(handsOutput ? 2 : 0)),
            output: handsOutput ? Offer.Output(stdout: descriptors[0], stderr: descriptors[1]) : nil
        )
    }

    var isComplete: Bool { descriptors.count == total }

    /// Adds one packet of the answer.
    ///
    /// - Parameters:
    ///   - reply: The packet.
    ///   - more: Its descriptors, which are closed with this value from now on.
    /// - Returns: Whether it continues what came before.
    mutating func add(_ reply: Reply, _ more: [Int32]) -> Bool {
        let isFirst = total == -1
        descriptors += more
        names += reply.names
        defer { (total, handsOutput) = (reply.total, reply.handsOutput) }
        return (isFirst || (reply.total == total && reply.handsOutput == handsOutput && !more.isEmpty))
            && descriptors.count <= reply.total
            && names.count == max(0, descriptors.count - (reply.handsOutput ? 2 : 0))
            && (!more.isEmpty || reply.total == 0)
    }
}
