// SPDX-License-Identifier: Apache-2.0

internal import Glibc

extension SystemError {
    /// There is no socket of packets that listens and that we may connect to.
    public var isNotListening: Bool {
        [ENOENT, ENOTDIR, ENAMETOOLONG, ECONNREFUSED, EPROTOTYPE, EACCES].contains(code)
    }
    /// No socket can have this address (ENAMETOOLONG).
    public var isNameTooLong: Bool { code == ENAMETOOLONG }
    /// There is a socket, and no process listens on it any more (ECONNREFUSED).
    public var isLeftBehind: Bool { code == ECONNREFUSED }
    /// The other end of the connection is closed (EPIPE, ECONNRESET).
    public var isHungUp: Bool { code == EPIPE || code == ECONNRESET }
    /// Another socket has the address (EADDRINUSE).
    public var isAddressInUse: Bool { code == EADDRINUSE }
}
