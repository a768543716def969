// SPDX-License-Identifier: Apache-2.0

public import JSON

extension CreateRequest {
    /// The log driver and its options; an empty type takes the daemon's default driver.
    public struct LogConfig: WritableObject, Sendable, Equatable {
        public var type = ""
        public var config: [String: String] = [:]

        public init() {}

        public func write(to object: inout Members) {
            object.add("Type", type)
            object.add("Config", config)
        }
    }
}
