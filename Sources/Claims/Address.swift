// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Linux

/// Where a supervisor waits for our runtime to ask about its container.
public enum Address: Sendable, Equatable {
    /// A socket named after the container, in a folder that only root, or our own user, may enter.
    case folder(String)
    /// An abstract socket: for a supervisor that talks to root's Docker and is not root.
    case abstract

    /// Root's.
    public static let system = Address.folder("/run/systemd-docker/claims")

    /// The one of a user who has a Docker of his own.
    public static func user(runtimeDirectory: String) -> Address {
        .folder("\(runtimeDirectory)/systemd-docker/claims")
    }

    /// Where a supervisor has to wait, so that the runtime of its daemon finds it.
    ///
    /// - Parameters:
    ///   - daemonIsRootless: the daemon is the user's own.
    ///   - runtimeDirectory: `XDG_RUNTIME_DIR`.
    public static func ofSupervisor(daemonIsRootless: Bool, runtimeDirectory: String?) -> Address {
        if daemonIsRootless, let runtimeDirectory { return user(runtimeDirectory: runtimeDirectory) }
        return geteuid() == 0 ? system : abstract
    }

    /// Where a runtime has to look.
    ///
    /// A rootless daemon's runs as root of a user namespace, so its user does not tell.
    ///
    /// - Parameter runtimeDirectory: `XDG_RUNTIME_DIR`.
    public static func ofRuntime(runtimeDirectory: String?) -> [Address] {
        [system] + (runtimeDirectory.map { [user(runtimeDirectory: $0)] } ?? []) + [abstract]
    }

    /// Where a supervisor says what it owns.
    ///
    /// - Parameter runtimeDirectory: `XDG_RUNTIME_DIR`.
    public static func ofOwner(runtimeDirectory: String?) -> Address {
        if geteuid() == 0 { return .folder("/run/systemd-docker/owners") }
        return runtimeDirectory.map { .folder("\($0)/systemd-docker/owners") } ?? .abstract
    }

    func socket(of subject: Subject) -> UnixAddress {
        switch self {
        case .folder(let folder): .path("\(folder)/\(subject.fileName)")
        case .abstract: .abstract("systemd-docker/owners/\(subject.fileName)")
        }
    }

    /// Makes a folder of sockets, and the one above it, which only our user may enter.
    static func makeFolder(_ folder: String) throws(SystemError) {
        do throws(FolderError) {
            _ = try Folder.private(at: folder, depth: 2)
        } catch .failed(let error) {
            throw error
        } catch {
            throw SystemError(call: "open", subject: "\(error)", code: ENOTDIR)
        }
    }

    /// The socket of a container.
    func socket(of id: ContainerID) -> UnixAddress {
        switch self {
        case .folder(let folder): .path("\(folder)/\(id.text)")
        case .abstract: .abstract("systemd-docker/claims/\(id.text)")
        }
    }
}

/// A container's full ID: 64 hexadecimal digits, and so nothing that could lead a path elsewhere.
public struct ContainerID: Sendable, Equatable, CustomStringConvertible {
    public let text: String

    /// `nil` for anything else, such as a short ID.
    public init?(_ text: String) {
        guard text.utf8.count == 64, text.utf8.allSatisfy(Self.isDigit) else { return nil }
        self.text = text
    }

    /// As Docker shortens it.
    public var description: String { String(text.prefix(12)) }

    /// As Docker writes them, in small letters.
    static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
