// SPDX-License-Identifier: Apache-2.0

public import JSON

extension CreateRequest {
    /// The networks to connect to, by name.
    public struct NetworkingConfig: WritableObject, Sendable, Equatable {
        public var endpoints: [String: Endpoint] = [:]

        public init() {}

        public func write(to object: inout Members) {
            object.add("EndpointsConfig", endpoints)
        }
    }

    /// The container's end of one network.
    public struct Endpoint: WritableObject, Sendable, Equatable {
        public var aliases: [String]?
        public var links: [String]?
        public var driverOptions: [String: String]?
        public var macAddress = ""
        public var gatewayPriority = 0
        public var addresses: Addresses?

        public init() {}

        public func write(to object: inout Members) {
            object.add("Aliases", aliases)
            object.add("Links", links)
            object.add("DriverOpts", driverOptions)
            object.add("MacAddress", macAddress)
            object.add("GwPriority", gatewayPriority)
            object.add("IPAMConfig", addresses)
        }

        /// Requested addresses; the Engine chooses those that are left out.
        public struct Addresses: WritableObject, Sendable, Equatable {
            public var ipv4: String?
            public var ipv6: String?
            public var linkLocal: [String]?

            public init() {}

            public func write(to object: inout Members) {
                object.add("IPv4Address", ipv4)
                object.add("IPv6Address", ipv6)
                object.add("LinkLocalIPs", linkLocal)
            }
        }
    }
}
