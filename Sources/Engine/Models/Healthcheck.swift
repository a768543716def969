// SPDX-License-Identifier: Apache-2.0

public import JSON

extension CreateRequest {
    /// The container's HEALTHCHECK; what is `nil` is the image's.
    public struct Healthcheck: WritableObject, Sendable, Equatable {
        /// `CMD-SHELL` and a line for the shell, or `NONE`.
        public var test: [String]?
        public var interval: Int64?
        public var timeout: Int64?
        public var startPeriod: Int64?
        public var startInterval: Int64?
        public var retries: Int?

        public init() {}

        public func write(to object: inout Members) {
            object.add("Test", test)
            object.add("Interval", interval)
            object.add("Timeout", timeout)
            object.add("StartPeriod", startPeriod)
            object.add("StartInterval", startInterval)
            object.add("Retries", retries)
        }
    }
}
