// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

extension Descriptor {
    /// Gives this socket an address (bind(2)).
    ///
    /// - Parameter address: The address.
    /// - Throws: EADDRINUSE where another one has it.
    public func bind(to address: UnixAddress) throws(SystemError) {
        try address.withPointer { pointer, length throws(SystemError) in
            try system("bind", on: address.description) { Glibc.bind(rawValue, pointer, length) }
        }
    }

    /// Connects this socket to the one that has an address (connect(2)).
    ///
    /// - Parameter address: The address.
    /// - Throws: ECONNREFUSED where no process listens there.
    public func connect(to address: UnixAddress) throws(SystemError) {
        try address.withPointer { pointer, length throws(SystemError) in
            try system("connect", on: address.description) { Glibc.connect(rawValue, pointer, length) }
        }
    }
}
