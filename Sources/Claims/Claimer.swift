// SPDX-License-Identifier: Apache-2.0

internal import Linux

/// The supervisor that has claimed a container, as our runtime finds it.
public struct Claimer: ~Copyable {
    /// Its process.
    ///
    /// What the kernel says about this number before ``ask()`` is true of the claimer: it was alive to answer.
    public let process: Int32
    private let id: ContainerID
    private let connection: Descriptor

    /// Finds the supervisor that has claimed a container, and removes sockets on which no process listens any more.
    ///
    /// - Parameters:
    ///   - id: The container.
    ///   - addresses: Where to look: ``Address/ofRuntime(runtimeDirectory:)``.
    /// - Returns: `nil` for a container that is not claimed.
    /// - Throws: ``ClaimError`` where an address could not be asked.
    public static func find(of id: ContainerID, at addresses: [Address]) throws(ClaimError) -> Claimer? {
        for address in addresses {
            do throws(SystemError) {
                if let claimer = try claimer(of: id, at: address) { return claimer }
            } catch {
                throw ClaimError("cannot find the supervisor of container \(id): \(error)")
            }
        }
        return nil
    }

    private static func claimer(of id: ContainerID, at address: Address) throws(SystemError) -> Claimer? {
        let socket = address.socket(of: id)
        guard let connection = try connection(to: socket) else { return nil }
        let peer = try Peer(of: connection)
        // The signal witness of one that was killed shares its sockets, and ends a moment after it.
        guard address.isSupervisor(peer), !peer.isDying else { return nil }
        return Claimer(process: peer.process, id: id, connection: connection)
    }

    private static func connection(to socket: UnixAddress) throws(SystemError) -> Descriptor? {
        do throws(SystemError) {
            return try .connected(to: socket)
        } catch {
            switch socket {
            case .path(let path):
                if error.isLeftBehind { try? Files.remove(path) }  // Harmless where it cannot be removed.
                if error.isNotListening { return nil }
            case .abstract:
                // A full queue: a supervisor is asked once, so this is another program's socket.
                if error.isNotListening || error.wouldBlock { return nil }
            }
            throw error
        }
    }

    /// Asks what the container is given.
    ///
    /// - Returns: The offer, whole.
    /// - Throws: ``ClaimError`` where the supervisor hangs up, does not answer in time or not in our protocol.
    public func ask() throws(ClaimError) -> ReceivedOffer { try ask(within: .seconds(5)) }

    /// Asks, with a time limit for each packet: Docker waits as well.
    func ask(within timeout: Duration) throws(ClaimError) -> ReceivedOffer {
        var offer = ReceivedOffer()
        repeat {
            guard var packet = try exchange(offer.descriptors.count, timeout) else {
                throw failure("no answer within \(timeout.components.seconds) seconds")
            }
            if packet.isEnd { throw failure(Self.hungUp) }
            if packet.isTruncated {
                throw failure("it passes more descriptors than this process may open (LimitNOFILE=)")
            }
            guard let reply = Reply(packet.bytes), reply.container == id.text,
                offer.add(reply, packet.takeDescriptors())
            else { throw failure("the answer is not understood; it may be of another release") }
        } while !offer.isComplete
        return offer
    }

    /// One question and its answer; `nil` where none came in time.
    private func exchange(_ first: Int, _ timeout: Duration) throws(ClaimError) -> Packet? {
        do throws(SystemError) {
            try connection.send(Question(container: id.text, first: first).packet)
            guard try connection.waitUntilReadable(within: timeout) else { return nil }
            return try connection.receivePacket(upTo: Reply.longest)
        } catch {
            throw failure(error.isHungUp ? Self.hungUp : error.reason)
        }
    }

    private static let hungUp = "it closed the connection"

    private func failure(_ what: String) -> ClaimError {
        ClaimError("cannot ask process \(process), the supervisor of container \(id): \(what)")
    }
}
