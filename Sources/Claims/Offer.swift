// SPDX-License-Identifier: Apache-2.0

/// What a container is given apart from its cgroup.
///
/// The descriptors belong to the caller, and must stay open as long as the claim.
public struct Offer: Sendable, Equatable {
    /// A socket of the unit's .socket units (sd_listen_fds_with_names(3)).
    public struct Socket: Sendable, Equatable {
        public var name: String
        public var descriptor: Int32

        public init(name: String, descriptor: Int32) {
            self.name = name
            self.descriptor = descriptor
        }
    }

    /// What replaces Docker's own pipes.
    public struct Output: Sendable, Equatable {
        public var stdout: Int32
        public var stderr: Int32

        public init(stdout: Int32, stderr: Int32) {
            self.stdout = stdout
            self.stderr = stderr
        }
    }

    /// In the container they are numbered in this order, from 3 on.
    public var sockets: [Socket] = []
    public var output: Output?

    public init(sockets: [Socket] = [], output: Output? = nil) {
        self.sockets = sockets
        self.output = output
    }
}
