// SPDX-License-Identifier: Apache-2.0

public import JSON

extension CreateRequest {
    /// Whether the Engine restarts the container; under systemd it must not.
    public struct RestartPolicy: WritableObject, Sendable, Equatable {
        public var name = "no"
        public var maximumRetryCount = 0

        public init() {}

        public func write(to object: inout Members) {
            object.add("Name", name)
            object.add("MaximumRetryCount", maximumRetryCount)
        }
    }
}
