// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Linux

/// Where a supervisor waits for our runtime to ask about its container.
public enum Address: Sendable, Equatable {
    /// A socket named after the container, in a folder that only root, or our own user, can enter.
    case folder(String)
    /// An abstract socket: for a supervisor that is not root and uses root's Docker.
    case abstract

    /// Root's.
    public static let system = Address.folder("/run/systemd-docker/claims")

    /// A rootless daemon's, in the user's own folder.
    ///
    /// - Parameter runtimeDirectory: `XDG_RUNTIME_DIR`.
    /// - Returns: The address.
    public static func user(runtimeDirectory: String) -> Address {
        .folder("\(runtimeDirectory)/systemd-docker/claims")
    }

    /// Where a supervisor has to listen, so that the runtime of its daemon finds it.
    ///
    /// - Parameters:
    ///   - daemonIsRootless: Whether the daemon is the user's own.
    ///   - runtimeDirectory: `XDG_RUNTIME_DIR`.
    /// - Returns: The address.
    public static func ofSupervisor(daemonIsRootless: Bool, runtimeDirectory: String?) -> Address {
        if daemonIsRootless, let runtimeDirectory { return user(runtimeDirectory: runtimeDirectory) }
        return geteuid() == 0 ? system : abstract
    }

    /// Where a runtime has to look.
    ///
    /// A rootless daemon's runtime is root of a user namespace, so its user ID does not say which daemon it is.
    ///
    /// - Parameter runtimeDirectory: `XDG_RUNTIME_DIR`.
    /// - Returns: The addresses.
    public static func ofRuntime(runtimeDirectory: String?) -> [Address] {
        [system] + (runtimeDirectory.map { [user(runtimeDirectory: $0)] } ?? []) + [abstract]
    }

    /// Where a supervisor listens as the owner of a container.
    ///
    /// - Parameter runtimeDirectory: `XDG_RUNTIME_DIR`.
    /// - Returns: The address.
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
