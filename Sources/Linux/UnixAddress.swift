// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// The address of a unix(7) socket: `sockaddr_un`.
public enum UnixAddress: Sendable, Equatable, CustomStringConvertible {
    /// In the file system; the folders above it decide who can connect.
    case path(String)
    /// An abstract name, which any process of the network namespace may take.
    case abstract(String)

    /// As ss(8) writes it.
    public var description: String {
        switch self {
        case .path(let path): path
        case .abstract(let name): "@\(name)"
        }
    }

    /// Whether there is the file of a socket on which no process listens any more.
    ///
    /// Asked with a socket of another type, so that a process which listens does not notice (unix(7), EPROTOTYPE).
    public var isLeftBehind: Bool {
        let type = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard let probe = try? system("socket", on: description, { socket(AF_UNIX, type, 0) }) else { return false }
        defer { close(probe) }
        do throws(SystemError) {
            try withPointer { pointer, length throws(SystemError) in
                try system("connect", on: description) { Glibc.connect(probe, pointer, length) }
            }
            return false
        } catch {
            return error.isLeftBehind
        }
    }

    /// Calls a C function with the address.
    ///
    /// - Parameter body: Gets the address and its length.
    /// - Throws: ENAMETOOLONG where it does not fit into `sun_path`, or what `body` throws.
    func withPointer(
        _ body: (UnsafePointer<sockaddr>, socklen_t) throws(SystemError) -> Void
    ) throws(SystemError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // An abstract name starts with a zero byte, and ends where the address ends: it has no zero at its end.
        let bytes: [UInt8] =
            switch self {
            case .path(let path): Array(path.utf8) + [0]
            case .abstract(let name): [0] + Array(name.utf8)
            }
        guard bytes.count <= MemoryLayout.size(ofValue: address.sun_path) else {
            throw SystemError(call: "socket", subject: description, code: ENAMETOOLONG)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        try withUnsafePointer(to: address) { pointer throws(SystemError) in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer throws(SystemError) in
                try body(pointer, length)
            }
        }
    }
}
