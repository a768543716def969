// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// An open file descriptor with one owner, closed at the end of the owner's life.
public struct Descriptor: ~Copyable, Sendable {
    /// The number, valid as long as this value lives.
    public let rawValue: Int32

    /// Takes ownership of a descriptor.
    public init(owning rawValue: Int32) { self.rawValue = rawValue }

    deinit { _ = Glibc.close(rawValue) }

    /// Gives up ownership: the caller closes the descriptor.
    public consuming func release() -> Int32 {
        let rawValue = rawValue
        discard self
        return rawValue
    }

    /// A second descriptor of the same open file, for another owner (fcntl(2), F_DUPFD_CLOEXEC).
    public static func duplicate(of rawValue: Int32) throws(SystemError) -> Descriptor {
        // From 3 up: a duplicate must never become stdin, stdout or stderr.
        Descriptor(owning: try system("fcntl", on: "descriptor \(rawValue)") { fcntl(rawValue, F_DUPFD_CLOEXEC, 3) })
    }

    /// /dev/null, for reading and writing.
    public static func null() throws(SystemError) -> Descriptor {
        Descriptor(owning: try system("open", on: "/dev/null") { open("/dev/null", O_RDWR | O_CLOEXEC) })
    }

    /// Reads at most `count` bytes; an empty array is the end of the file (read(2)).
    public func read(upTo count: Int) throws(SystemError) -> [UInt8] { try readBytes(from: rawValue, upTo: count) }

    /// Makes reading and writing fail with EAGAIN instead of waiting.
    ///
    /// The flag belongs to the open file description: set it only where no other process shares that.
    public func setNonBlocking() throws(SystemError) {
        let flags = try system("fcntl", on: "descriptor \(rawValue)") { fcntl(rawValue, F_GETFL) }
        try system("fcntl", on: "descriptor \(rawValue)") { fcntl(rawValue, F_SETFL, flags | O_NONBLOCK) }
    }
}

/// Reads at most `count` bytes of a descriptor that the caller does not own; empty at the end of the file.
public func readBytes(from descriptor: Int32, upTo count: Int) throws(SystemError) -> [UInt8] {
    var failure: SystemError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        do throws(SystemError) {
            filled = try system("read", on: "descriptor \(descriptor)") {
                Glibc.read(descriptor, buffer.baseAddress, count)
            }
        } catch {
            failure = error
        }
    }
    if let failure { throw failure }
    return bytes
}
