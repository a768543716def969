// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Linux

/// The supervisor that has claimed a container, found by our runtime, which waits for its answer.
public struct Claimer: ~Copyable {
    /// Its process.
    ///
    /// What the kernel says of that number before ``ask()`` is about the claimer: it lived to answer.
    public let process: Int32
    private let id: ContainerID
    private let connection: Descriptor

    /// Finds it; `nil` where nobody has claimed the container.
    ///
    /// A socket that nobody listens on any more is removed.
    public static func find(of id: ContainerID, at addresses: [Address]) throws(ClaimError) -> Claimer? {
        for address in addresses {
            do throws(SystemError) {
                if let claimer = try claimer(of: id, at: address) { return claimer }
            } catch {
                throw ClaimError("find who has claimed container \(id): \(error)")
            }
        }
        return nil
    }

    private static func claimer(of id: ContainerID, at address: Address) throws(SystemError) -> Claimer? {
        let socket = address.socket(of: id)
        guard let connection = try connection(to: socket) else { return nil }
        let peer = try Peer(of: connection)
        // One that was killed listens a moment longer, by its signal witness.
        guard address.isSupervisor(peer), !peer.isDying else { return nil }
        return Claimer(process: peer.process, id: id, connection: connection)
    }

    private static func connection(to socket: UnixAddress) throws(SystemError) -> Descriptor? {
        do throws(SystemError) {
            return try .connected(to: socket)
        } catch {
            switch socket {
            case .path(let path):
                if error.isLeftBehind { try? Files.remove(path) }  // It harms nobody.
                if error.isNobodyListening { return nil }
            case .abstract:
                // Whoever fills the queue of an abstract name is nobody of ours, who are asked once.
                if error.isNobodyListening || error.wouldBlock { return nil }
            }
            throw error
        }
    }

    /// Asks what the container is given.
    public func ask() throws(ClaimError) -> Answer { try ask(within: 5) }

    /// - Parameter seconds: how long it may take for each packet: who does not answer keeps Docker waiting.
    func ask(within seconds: Int32) throws(ClaimError) -> Answer {
        var answer = Answer()
        repeat {
            guard var packet = try exchange(answer.descriptors.count, seconds) else {
                throw failure("no answer within \(seconds) seconds")
            }
            if packet.isEnd { throw failure(Self.hungUp) }
            if packet.isTruncated { throw failure("more descriptors than LimitNOFILE= allows us") }
            guard let reply = Reply(packet.bytes), reply.container == id.text,
                answer.add(reply, packet.takeDescriptors())
            else { throw failure("no answer that we understand: is it of another release?") }
        } while !answer.isComplete
        return answer
    }

    /// One question and its answer; `nil` when none has come in time.
    private func exchange(_ first: Int, _ seconds: Int32) throws(ClaimError) -> Packet? {
        do throws(SystemError) {
            try connection.send(Question(container: id.text, first: first).packet)
            guard try connection.waitUntilReadable(seconds: seconds) else { return nil }
            return try connection.receivePacket(upTo: Reply.longest)
        } catch {
            throw failure(error.isHungUp ? Self.hungUp : error.reason)
        }
    }

    private static let hungUp = "it has hung up"

    private func failure(_ what: String) -> ClaimError {
        ClaimError("ask process \(process), which has claimed container \(id): \(what)")
    }
}

/// What a supervisor gives its container, with descriptors that are ours, close-on-exec.
public struct Answer: ~Copyable {
    /// Those of the sockets, in their order.
    public private(set) var names: [String] = []
    fileprivate var descriptors: [Int32] = []
    private var handsOutput = false
    private var total = -1

    deinit { for descriptor in descriptors { _ = close(descriptor) } }

    /// Gives all descriptors away: the sockets, in their order, and stdout and stderr unless they stay Docker's.
    public mutating func takeDescriptors() -> (sockets: [Int32], output: Offer.Output?) {
        defer { descriptors = [] }
        return (
            sockets: Array(descriptors.dropFirst(handsOutput ? 2 : 0)),
            output: handsOutput ? Offer.Output(stdout: descriptors[0], stderr: descriptors[1]) : nil
        )
    }

    fileprivate var isComplete: Bool { descriptors.count == total }

    /// Takes one packet in; `false` where it does not fit to what is there.
    fileprivate mutating func add(_ reply: Reply, _ more: [Int32]) -> Bool {
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
