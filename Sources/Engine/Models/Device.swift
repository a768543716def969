// SPDX-License-Identifier: Apache-2.0

public import JSON

extension CreateRequest {
    /// A device of the host that the container sees.
    public struct Device: WritableObject, Sendable, Equatable {
        public var pathOnHost: String
        public var pathInContainer: String
        /// Of `r`, `w` and `m`.
        public var cgroupPermissions: String

        public init(pathOnHost: String, pathInContainer: String, cgroupPermissions: String) {
            self.pathOnHost = pathOnHost
            self.pathInContainer = pathInContainer
            self.cgroupPermissions = cgroupPermissions
        }

        public func write(to object: inout Members) {
            object.add("PathOnHost", pathOnHost)
            object.add("PathInContainer", pathInContainer)
            object.add("CgroupPermissions", cgroupPermissions)
        }
    }

    /// The relative weight of a device's block IO.
    public struct DeviceWeight: WritableObject, Sendable, Equatable {
        public var path: String
        public var weight: UInt16

        public init(path: String, weight: UInt16) {
            self.path = path
            self.weight = weight
        }

        public func write(to object: inout Members) {
            object.add("Path", path)
            object.add("Weight", weight)
        }
    }

    /// A limit on a device, in bytes or operations a second.
    public struct DeviceRate: WritableObject, Sendable, Equatable {
        public var path: String
        public var rate: UInt64

        public init(path: String, rate: UInt64) {
            self.path = path
            self.rate = rate
        }

        public func write(to object: inout Members) {
            object.add("Path", path)
            object.add("Rate", rate)
        }
    }

    /// Devices assigned by a driver: GPUs, CDI devices.
    public struct DeviceRequest: WritableObject, Sendable, Equatable {
        public var driver = ""
        /// -1 requests all.
        public var count = 0
        public var deviceIDs: [String]?
        public var capabilities: [[String]]?
        public var options: [String: String]?

        public init() {}

        public func write(to object: inout Members) {
            object.add("Driver", driver)
            object.add("Count", count)
            object.add("DeviceIDs", deviceIDs)
            object.add("Capabilities", capabilities)
            object.add("Options", options)
        }
    }
}
