// SPDX-License-Identifier: Apache-2.0

public import JSON

extension CreateRequest {
    /// A file system mounted into the container: the form of `--mount`, which has every setting.
    public struct Mount: WritableObject, Sendable, Equatable {
        /// `bind`, `volume`, `tmpfs`, `image`, `npipe` or `cluster`.
        public var type = "volume"
        public var source: String?
        public var target: String?
        public var readOnly: Bool?
        public var consistency: String?
        public var bindOptions: BindOptions?
        public var volumeOptions: VolumeOptions?
        public var imageOptions: ImageOptions?
        public var tmpfsOptions: TmpfsOptions?

        public init() {}

        public func write(to object: inout Members) {
            object.add("Type", type)
            object.add("Source", source)
            object.add("Target", target)
            object.add("ReadOnly", readOnly)
            object.add("Consistency", consistency)
            object.add("BindOptions", bindOptions)
            object.add("VolumeOptions", volumeOptions)
            object.add("ImageOptions", imageOptions)
            object.add("TmpfsOptions", tmpfsOptions)
        }

        /// How a folder of the host is mounted: `type=bind`.
        public struct BindOptions: WritableObject, Sendable, Equatable {
            public var propagation: String?
            public var nonRecursive: Bool?
            public var readOnlyNonRecursive: Bool?
            public var readOnlyForceRecursive: Bool?

            public init() {}

            public func write(to object: inout Members) {
                object.add("Propagation", propagation)
                object.add("NonRecursive", nonRecursive)
                object.add("ReadOnlyNonRecursive", readOnlyNonRecursive)
                object.add("ReadOnlyForceRecursive", readOnlyForceRecursive)
            }
        }

        /// How a volume is mounted, and made where it is missing: `type=volume`.
        public struct VolumeOptions: WritableObject, Sendable, Equatable {
            public var noCopy: Bool?
            public var labels: [String: String]?
            public var driverConfig: Driver?
            public var subpath: String?

            public init() {}

            public func write(to object: inout Members) {
                object.add("NoCopy", noCopy)
                object.add("Labels", labels)
                object.add("DriverConfig", driverConfig)
                object.add("Subpath", subpath)
            }
        }

        /// The driver that makes a volume, with its options.
        public struct Driver: WritableObject, Sendable, Equatable {
            public var name: String?
            public var options: [String: String]?

            public init() {}

            public func write(to object: inout Members) {
                object.add("Name", name)
                object.add("Options", options)
            }
        }

        /// Which part of an image is mounted: `type=image`.
        public struct ImageOptions: WritableObject, Sendable, Equatable {
            public var subpath: String?

            public init() {}

            public func write(to object: inout Members) {
                object.add("Subpath", subpath)
            }
        }

        /// The size and the mode of a file system in memory: `type=tmpfs`.
        public struct TmpfsOptions: WritableObject, Sendable, Equatable {
            public var sizeBytes: Int64?
            public var mode: UInt32?

            public init() {}

            public func write(to object: inout Members) {
                object.add("SizeBytes", sizeBytes)
                object.add("Mode", mode)
            }
        }
    }
}
