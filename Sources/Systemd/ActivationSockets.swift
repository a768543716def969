// SPDX-License-Identifier: Apache-2.0

internal import CSystemd
internal import Glibc

/// The descriptors that the service manager passed to this process: those of the unit's .socket units, and its file
/// descriptor store (sd_listen_fds(3)).
public struct ActivationSockets: Sendable, Equatable {
    /// A name for each descriptor, as `FileDescriptorName=` has it.
    public let names: [String]
    /// The descriptors, open as long as this process lives.
    public var descriptors: Range<Int32> { 3..<3 + Int32(names.count) }

    /// Finds them in the environment, and makes them close-on-exec.
    public static func ofThisProcess() -> ActivationSockets {
        var list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = sd_listen_fds_with_names(0, &list)
        guard count > 0, let list else { return ActivationSockets(names: []) }
        defer {
            for index in 0..<Int(count) { free(list[index]) }
            free(list)
        }
        return ActivationSockets(names: (0..<Int(count)).map { list[$0].map { String(cString: $0) } ?? "unknown" })
    }
}
