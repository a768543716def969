// SPDX-License-Identifier: Apache-2.0

public import Linux

/// The supervisor, still alive, that owns a container.
public struct Owner: Sendable, Equatable {
    /// Its number; 0 where it is in a PID namespace that cannot be seen from here.
    public let process: Int32

    /// Finds the supervisor that has taken ownership.
    ///
    /// Any process in our network namespace may take an abstract address. There only a process counts that could be a
    /// supervisor: root's, our own user's or one in the group docker, and in no container but one that we are in as well.
    ///
    /// - Parameters:
    ///   - subject: What it may own.
    ///   - addresses: Where to look: ``Address/ofOwner(runtimeDirectory:)``, then ``Address/abstract``.
    /// - Returns: `nil` where no process that is alive owns it.
    /// - Throws: ``SystemError`` where an address could not be asked.
    public static func find(of subject: Subject, at addresses: [Address]) throws(SystemError) -> Owner? {
        for address in addresses {
            if let owner = try find(of: subject, at: address) { return owner }
        }
        return nil
    }

    private static func find(of subject: Subject, at address: Address) throws(SystemError) -> Owner? {
        while true {
            let connection: Descriptor
            do throws(SystemError) {
                connection = try .connected(to: address.socket(of: subject))
            } catch  where error.isNotListening || error.wouldBlock {
                // A full queue: supervisors empty theirs, so it is another program's.
                return nil
            }
            let peer = try Peer(of: connection)
            guard address.isSupervisor(peer) else { return nil }
            guard peer.isDying else { return Owner(process: peer.process) }
            // The signal witness shares the sockets of a supervisor that was killed, and ends a moment after it.
            guard try connection.waitUntilReadable(within: .seconds(5)) else { return nil }
        }
    }
}
