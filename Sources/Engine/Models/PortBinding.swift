// SPDX-License-Identifier: Apache-2.0

public import JSON

extension CreateRequest {
    /// Where the host publishes a port of the container; the Engine chooses what is empty.
    public struct PortBinding: WritableObject, Sendable, Equatable {
        public var hostIP: String
        /// A port, or a range to choose from.
        public var hostPort: String

        public init(hostIP: String, hostPort: String) {
            self.hostIP = hostIP
            self.hostPort = hostPort
        }

        public func write(to object: inout Members) {
            object.add("HostIp", hostIP)
            object.add("HostPort", hostPort)
        }
    }
}
