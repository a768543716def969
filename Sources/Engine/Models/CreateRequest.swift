// SPDX-License-Identifier: Apache-2.0

public import JSON

/// The body of `POST /containers/create`.
///
/// A field that is `nil` is left out; the others are always sent, as the docker client sends them.
public struct CreateRequest: WritableObject, Sendable, Equatable {
    /// As typed; the Engine completes it.
    public var image: String
    /// `nil` takes the image's.
    public var command: [String]?
    /// `nil` takes the image's; a single empty word resets it.
    public var entrypoint: [String]?
    /// `NAME=value`; `NAME` alone removes the image's.
    public var environment: [String]?
    public var workingDirectory = ""
    public var user = ""
    public var hostname = ""
    public var domainName = ""
    public var labels: [String: String] = [:]
    public var opensStandardInput = false
    /// The container's standard input ends with the first client that was attached to it.
    public var closesStandardInputOnce = false
    public var attachesStandardInput = false
    public var attachesStandardOutput = true
    public var attachesStandardError = true
    public var hasTerminal = false
    /// `nil` means the image's, else SIGTERM.
    public var stopSignal: String?
    /// Seconds until a stop becomes a SIGKILL; -1 waits for ever.
    public var stopTimeout: Int?
    /// `80/tcp`; `nil` where there are none.
    public var exposedPorts: [String: Empty]?
    /// Anonymous volumes, by their folder in the container.
    public var volumes: [String: Empty] = [:]
    public var healthcheck: Healthcheck?
    public var hostConfig = HostConfig()
    public var networkingConfig = NetworkingConfig()

    /// A container of an image, with nothing else asked for.
    public init(image: String) { self.image = image }

    /// What the Engine wants where only the key counts: `{}`.
    public struct Empty: WritableObject, Sendable, Equatable {
        public init() {}

        public func write(to object: inout Members) {}
    }

    /// How the Engine finds out whether the container is well; nanoseconds, 0 takes the image's.
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

        /// Addresses asked for; an empty one is left to the Engine.
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

        public func write(to object: inout Members) {
            object.add("Aliases", aliases)
            object.add("Links", links)
            object.add("DriverOpts", driverOptions)
            object.add("MacAddress", macAddress)
            object.add("GwPriority", gatewayPriority)
            object.add("IPAMConfig", addresses)
        }
    }

    public func write(to object: inout Members) {
        object.add("Image", image)
        object.add("Cmd", command)
        object.add("Entrypoint", entrypoint)
        object.add("Env", environment)
        object.add("WorkingDir", workingDirectory)
        object.add("User", user)
        object.add("Hostname", hostname)
        object.add("Domainname", domainName)
        object.add("Labels", labels)
        object.add("OpenStdin", opensStandardInput)
        object.add("StdinOnce", closesStandardInputOnce)
        object.add("AttachStdin", attachesStandardInput)
        object.add("AttachStdout", attachesStandardOutput)
        object.add("AttachStderr", attachesStandardError)
        object.add("Tty", hasTerminal)
        object.add("StopSignal", stopSignal)
        object.add("StopTimeout", stopTimeout)
        object.add("ExposedPorts", exposedPorts)
        object.add("Volumes", volumes)
        object.add("Healthcheck", healthcheck)
        object.add("HostConfig", hostConfig)
        object.add("NetworkingConfig", networkingConfig)
    }
}

extension CreateRequest {
    /// What the host gives the container, and what it withholds.
    ///
    /// 0 and the empty text mean "not asked for", but for `memorySwappiness`, where that is -1.
    public struct HostConfig: WritableObject, Sendable, Equatable {
        public var autoRemove = false
        public var initProcess: Bool?
        public var restartPolicy = RestartPolicy()
        public var runtime: String?
        public var annotations: [String: String]?
        public var isolation = ""
        public var consoleSize: [UInt] = [0, 0]
        public var logConfig = LogConfig()
        /// Where the client keeps the ID; the Engine only shows it.
        public var containerIDFile: String?

        // Security
        public var privileged = false
        public var readonlyRootfs = false
        public var capAdd: [String]?
        public var capDrop: [String]?
        public var securityOpt: [String]?
        /// `nil` takes the Engine's, an empty list masks nothing.
        public var maskedPaths: [String]?
        public var readonlyPaths: [String]?
        public var groupAdd: [String]?
        public var sysctls: [String: String]?

        // Namespaces
        public var cgroupParent = ""
        public var cgroupnsMode = ""
        public var ipcMode = ""
        public var pidMode = ""
        public var usernsMode = ""
        public var utsMode = ""

        // Network
        public var networkMode = "default"
        public var portBindings: [String: [PortBinding]] = [:]
        public var publishAllPorts = false
        public var links: [String]?
        public var extraHosts: [String]?
        public var dns: [String] = []
        public var dnsOptions: [String] = []
        public var dnsSearch: [String] = []

        // Storage
        public var binds: [String]?
        public var mounts: [Mount]?
        public var tmpfs: [String: String]?
        public var volumesFrom: [String]?
        public var volumeDriver = ""
        public var storageOpt: [String: String]?
        public var shmSize: Int64 = 0

        // Resources
        public var memory: Int64 = 0
        public var memoryReservation: Int64 = 0
        /// Only before API 1.42.
        public var kernelMemory: Int64?
        public var memorySwap: Int64 = 0
        public var memorySwappiness: Int64 = -1
        public var oomKillDisable = false
        public var oomScoreAdj = 0
        public var pidsLimit: Int64 = 0
        public var ulimits: [Ulimit] = []
        /// CPUs × 10⁹.
        public var nanoCPUs: Int64 = 0
        public var cpuShares: Int64 = 0
        public var cpuPeriod: Int64 = 0
        public var cpuQuota: Int64 = 0
        public var cpuRealtimePeriod: Int64 = 0
        public var cpuRealtimeRuntime: Int64 = 0
        public var cpusetCPUs = ""
        public var cpusetMems = ""
        public var blkioWeight: UInt16 = 0
        public var blkioWeightDevice: [DeviceWeight] = []
        public var blkioDeviceReadBps: [DeviceRate] = []
        public var blkioDeviceWriteBps: [DeviceRate] = []
        public var blkioDeviceReadIOps: [DeviceRate] = []
        public var blkioDeviceWriteIOps: [DeviceRate] = []

        // Devices
        public var devices: [Device] = []
        public var deviceCgroupRules: [String]?
        public var deviceRequests: [DeviceRequest]?

        public init() {}

        public func write(to object: inout Members) {
            object.add("AutoRemove", autoRemove)
            object.add("Init", initProcess)
            object.add("RestartPolicy", restartPolicy)
            object.add("Runtime", runtime)
            object.add("Annotations", annotations)
            object.add("Isolation", isolation)
            object.add("ConsoleSize", consoleSize)
            object.add("LogConfig", logConfig)
            object.add("ContainerIDFile", containerIDFile)
            object.add("Privileged", privileged)
            object.add("ReadonlyRootfs", readonlyRootfs)
            object.add("CapAdd", capAdd)
            object.add("CapDrop", capDrop)
            object.add("SecurityOpt", securityOpt)
            object.add("MaskedPaths", maskedPaths)
            object.add("ReadonlyPaths", readonlyPaths)
            object.add("GroupAdd", groupAdd)
            object.add("Sysctls", sysctls)
            object.add("CgroupParent", cgroupParent)
            object.add("CgroupnsMode", cgroupnsMode)
            object.add("IpcMode", ipcMode)
            object.add("PidMode", pidMode)
            object.add("UsernsMode", usernsMode)
            object.add("UTSMode", utsMode)
            object.add("NetworkMode", networkMode)
            object.add("PortBindings", portBindings)
            object.add("PublishAllPorts", publishAllPorts)
            object.add("Links", links)
            object.add("ExtraHosts", extraHosts)
            object.add("Dns", dns)
            object.add("DnsOptions", dnsOptions)
            object.add("DnsSearch", dnsSearch)
            object.add("Binds", binds)
            object.add("Mounts", mounts)
            object.add("Tmpfs", tmpfs)
            object.add("VolumesFrom", volumesFrom)
            object.add("VolumeDriver", volumeDriver)
            object.add("StorageOpt", storageOpt)
            object.add("ShmSize", shmSize)
            object.add("Memory", memory)
            object.add("MemoryReservation", memoryReservation)
            object.add("KernelMemory", kernelMemory)
            object.add("MemorySwap", memorySwap)
            object.add("MemorySwappiness", memorySwappiness)
            object.add("OomKillDisable", oomKillDisable)
            object.add("OomScoreAdj", oomScoreAdj)
            object.add("PidsLimit", pidsLimit)
            object.add("Ulimits", ulimits)
            object.add("NanoCpus", nanoCPUs)
            object.add("CpuShares", cpuShares)
            object.add("CpuPeriod", cpuPeriod)
            object.add("CpuQuota", cpuQuota)
            object.add("CpuRealtimePeriod", cpuRealtimePeriod)
            object.add("CpuRealtimeRuntime", cpuRealtimeRuntime)
            object.add("CpusetCpus", cpusetCPUs)
            object.add("CpusetMems", cpusetMems)
            object.add("BlkioWeight", blkioWeight)
            object.add("BlkioWeightDevice", blkioWeightDevice)
            object.add("BlkioDeviceReadBps", blkioDeviceReadBps)
            object.add("BlkioDeviceWriteBps", blkioDeviceWriteBps)
            object.add("BlkioDeviceReadIOps", blkioDeviceReadIOps)
            object.add("BlkioDeviceWriteIOps", blkioDeviceWriteIOps)
            object.add("Devices", devices)
            object.add("DeviceCgroupRules", deviceCgroupRules)
            object.add("DeviceRequests", deviceRequests)
        }
    }

    /// Whether the Engine starts the container again by itself.
    public struct RestartPolicy: WritableObject, Sendable, Equatable {
        public var name = "no"
        public var maximumRetryCount = 0

        public init() {}

        public func write(to object: inout Members) {
            object.add("Name", name)
            object.add("MaximumRetryCount", maximumRetryCount)
        }
    }

    /// Where the Engine keeps the container's output; no type takes the daemon's.
    public struct LogConfig: WritableObject, Sendable, Equatable {
        public var type = ""
        public var config: [String: String] = [:]

        public init() {}

        public func write(to object: inout Members) {
            object.add("Type", type)
            object.add("Config", config)
        }
    }

    /// A host address and port that lead into the container; an empty one is chosen by the Engine.
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

    /// A device's share of block IO.
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

    /// Devices that a driver hands out: GPUs, CDI.
    public struct DeviceRequest: WritableObject, Sendable, Equatable {
        public var driver = ""
        /// -1 asks for all.
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

extension CreateRequest {
    /// A file system mounted into the container, in the form that knows every setting.
    public struct Mount: WritableObject, Sendable, Equatable {
        /// bind, volume, tmpfs, image, npipe, cluster.
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

        public struct Driver: WritableObject, Sendable, Equatable {
            public var name: String?
            public var options: [String: String]?

            public init() {}

            public func write(to object: inout Members) {
                object.add("Name", name)
                object.add("Options", options)
            }
        }

        public struct ImageOptions: WritableObject, Sendable, Equatable {
            public var subpath: String?

            public init() {}

            public func write(to object: inout Members) {
                object.add("Subpath", subpath)
            }
        }

        public struct TmpfsOptions: WritableObject, Sendable, Equatable {
            public var sizeBytes: Int64?
            public var mode: UInt32?

            public init() {}

            public func write(to object: inout Members) {
                object.add("SizeBytes", sizeBytes)
                object.add("Mode", mode)
            }
        }

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
    }
}
