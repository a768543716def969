// SPDX-License-Identifier: Apache-2.0

internal import Glibc

extension SystemError {
    /// There is no socket of packets, none that could be, none that listens, or none that lets us in.
    public var isNobodyListening: Bool {
        [ENOENT, ENOTDIR, ENAMETOOLONG, ECONNREFUSED, EPROTOTYPE, EACCES].contains(code)
    }
    /// No socket can have this address (ENAMETOOLONG).
    public var isNameTooLong: Bool { code == ENAMETOOLONG }
    /// Somebody did listen there (ECONNREFUSED).
    public var isLeftBehind: Bool { code == ECONNREFUSED }
    /// The other end of the connection is gone (EPIPE, ECONNRESET).
    public var isHungUp: Bool { code == EPIPE || code == ECONNRESET }
    /// Somebody has it already (EADDRINUSE).
    public var isAddressInUse: Bool { code == EADDRINUSE }
}
