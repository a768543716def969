// SPDX-License-Identifier: Apache-2.0

public import JSON

extension CreateRequest {
    /// A setrlimit(2) for the container; -1 is unlimited.
    public struct Ulimit: WritableObject, Sendable, Equatable {
        public var name: String
        public var soft: Int64
        public var hard: Int64

        public init(name: String, soft: Int64, hard: Int64) {
            self.name = name
            self.soft = soft
            self.hard = hard
        }

        public func write(to object: inout Members) {
            object.add("Name", name)
            object.add("Soft", soft)
            object.add("Hard", hard)
        }
    }
}
