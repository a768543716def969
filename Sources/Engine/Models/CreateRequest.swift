// SPDX-License-Identifier: Apache-2.0

/// The body of `POST /containers/create`.
///
/// A field that is `nil` is left out; the others are always sent, as the docker client sends them.
public struct CreateRequest: Encodable, Sendable, Equatable {
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
    public struct Empty: Encodable, Sendable, Equatable {
        public init() {}
    }

    /// How the Engine finds out whether the container is well; nanoseconds, 0 takes the image's.
    public struct Healthcheck: Encodable, Sendable, Equatable {
        /// `CMD-SHELL` and a line for the shell, or `NONE`.
        public var test: [String]?
        public var interval: Int64?
        public var timeout: Int64?
        public var startPeriod: Int64?
        public var startInterval: Int64?
        public var retries: Int?

        public init() {}

        private enum CodingKeys: String, CodingKey {
            case test = "Test"
            case interval = "Interval"
            case timeout = "Timeout"
            case startPeriod = "StartPeriod"
            case startInterval = "StartInterval"
            case retries = "Retries"
        }
    }

    /// The networks to connect to, by name.
    public struct NetworkingConfig: Encodable, Sendable, Equatable {
        public var endpoints: [String: Endpoint] = [:]

        public init() {}

        private enum CodingKeys: String, CodingKey { case endpoints = "EndpointsConfig" }
    }

    /// The container's end of one network.
    public struct Endpoint: Encodable, Sendable, Equatable {
        public var aliases: [String]?
        public var links: [String]?
        public var driverOptions: [String: String]?
        public var macAddress = ""
        public var gatewayPriority = 0
        public var addresses: Addresses?

        public init() {}

        /// Addresses asked for; an empty one is left to the Engine.
        public struct Addresses: Encodable, Sendable, Equatable {
            public var ipv4: String?
            public var ipv6: String?
            public var linkLocal: [String]?

            public init() {}

            private enum CodingKeys: String, CodingKey {
                case ipv4 = "IPv4Address"
                case ipv6 = "IPv6Address"
                case linkLocal = "LinkLocalIPs"
            }
        }

        private enum CodingKeys: String, CodingKey {
            case aliases = "Aliases"
            case links = "Links"
            case driverOptions = "DriverOpts"
            case macAddress = "MacAddress"
            case gatewayPriority = "GwPriority"
            case addresses = "IPAMConfig"
        }
    }

    private enum CodingKeys: String, CodingKey {
        case image = "Image"
        case command = "Cmd"
        case entrypoint = "Entrypoint"
        case environment = "Env"
        case workingDirectory = "WorkingDir"
        case user = "User"
        case hostname = "Hostname"
        case domainName = "Domainname"
        case labels = "Labels"
        case opensStandardInput = "OpenStdin"
        case closesStandardInputOnce = "StdinOnce"
        case attachesStandardInput = "AttachStdin"
        case attachesStandardOutput = "AttachStdout"
        case attachesStandardError = "AttachStderr"
        case hasTerminal = "Tty"
        case stopSignal = "StopSignal"
        case stopTimeout = "StopTimeout"
        case exposedPorts = "ExposedPorts"
        case volumes = "Volumes"
        case healthcheck = "Healthcheck"
        case hostConfig = "HostConfig"
        case networkingConfig = "NetworkingConfig"
    }
}

extension CreateRequest {
    /// What the host gives the container, and what it withholds.
    ///
    /// 0 and the empty text mean "not asked for", but for `memorySwappiness`, where that is -1.
    public struct HostConfig: Encodable, Sendable, Equatable {
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

        private enum CodingKeys: String, CodingKey {
            case autoRemove = "AutoRemove"
            case initProcess = "Init"
            case restartPolicy = "RestartPolicy"
            case runtime = "Runtime"
            case annotations = "Annotations"
            case isolation = "Isolation"
            case consoleSize = "ConsoleSize"
            case logConfig = "LogConfig"
            case containerIDFile = "ContainerIDFile"
            case privileged = "Privileged"
            case readonlyRootfs = "ReadonlyRootfs"
            case capAdd = "CapAdd"
            case capDrop = "CapDrop"
            case securityOpt = "SecurityOpt"
            case maskedPaths = "MaskedPaths"
            case readonlyPaths = "ReadonlyPaths"
            case groupAdd = "GroupAdd"
            case sysctls = "Sysctls"
            case cgroupParent = "CgroupParent"
            case cgroupnsMode = "CgroupnsMode"
            case ipcMode = "IpcMode"
            case pidMode = "PidMode"
            case usernsMode = "UsernsMode"
            case utsMode = "UTSMode"
            case networkMode = "NetworkMode"
            case portBindings = "PortBindings"
            case publishAllPorts = "PublishAllPorts"
            case links = "Links"
            case extraHosts = "ExtraHosts"
            case dns = "Dns"
            case dnsOptions = "DnsOptions"
            case dnsSearch = "DnsSearch"
            case binds = "Binds"
            case mounts = "Mounts"
            case tmpfs = "Tmpfs"
            case volumesFrom = "VolumesFrom"
            case volumeDriver = "VolumeDriver"
            case storageOpt = "StorageOpt"
            case shmSize = "ShmSize"
            case memory = "Memory"
            case memoryReservation = "MemoryReservation"
            case kernelMemory = "KernelMemory"
            case memorySwap = "MemorySwap"
            case memorySwappiness = "MemorySwappiness"
            case oomKillDisable = "OomKillDisable"
            case oomScoreAdj = "OomScoreAdj"
            case pidsLimit = "PidsLimit"
            case ulimits = "Ulimits"
            case nanoCPUs = "NanoCpus"
            case cpuShares = "CpuShares"
            case cpuPeriod = "CpuPeriod"
            case cpuQuota = "CpuQuota"
            case cpuRealtimePeriod = "CpuRealtimePeriod"
            case cpuRealtimeRuntime = "CpuRealtimeRuntime"
            case cpusetCPUs = "CpusetCpus"
            case cpusetMems = "CpusetMems"
            case blkioWeight = "BlkioWeight"
            case blkioWeightDevice = "BlkioWeightDevice"
            case blkioDeviceReadBps = "BlkioDeviceReadBps"
            case blkioDeviceWriteBps = "BlkioDeviceWriteBps"
            case blkioDeviceReadIOps = "BlkioDeviceReadIOps"
            case blkioDeviceWriteIOps = "BlkioDeviceWriteIOps"
            case devices = "Devices"
            case deviceCgroupRules = "DeviceCgroupRules"
            case deviceRequests = "DeviceRequests"
        }
    }

    /// Whether the Engine starts the container again by itself.
    public struct RestartPolicy: Encodable, Sendable, Equatable {
        public var name = "no"
        public var maximumRetryCount = 0

        public init() {}

        private enum CodingKeys: String, CodingKey {
            case name = "Name"
            case maximumRetryCount = "MaximumRetryCount"
        }
    }

    /// Where the Engine keeps the container's output; no type takes the daemon's.
    public struct LogConfig: Encodable, Sendable, Equatable {
        public var type = ""
        public var config: [String: String] = [:]

        public init() {}

        private enum CodingKeys: String, CodingKey {
            case type = "Type"
            case config = "Config"
        }
    }

    /// A host address and port that lead into the container; an empty one is chosen by the Engine.
    public struct PortBinding: Encodable, Sendable, Equatable {
        public var hostIP: String
        /// A port, or a range to choose from.
        public var hostPort: String

        public init(hostIP: String, hostPort: String) {
            self.hostIP = hostIP
            self.hostPort = hostPort
        }

        private enum CodingKeys: String, CodingKey {
            case hostIP = "HostIp"
            case hostPort = "HostPort"
        }
    }

    /// A setrlimit(2) for the container; -1 is unlimited.
    public struct Ulimit: Encodable, Sendable, Equatable {
        public var name: String
        public var soft: Int64
        public var hard: Int64

        public init(name: String, soft: Int64, hard: Int64) {
            self.name = name
            self.soft = soft
            self.hard = hard
        }

        private enum CodingKeys: String, CodingKey {
            case name = "Name"
            case soft = "Soft"
            case hard = "Hard"
        }
    }

    /// A device's share of block IO.
    public struct DeviceWeight: Encodable, Sendable, Equatable {
        public var path: String
        public var weight: UInt16

        public init(path: String, weight: UInt16) {
            self.path = path
            self.weight = weight
        }

        private enum CodingKeys: String, CodingKey {
            case path = "Path"
            case weight = "Weight"
        }
    }

    /// A limit on a device, in bytes or operations a second.
    public struct DeviceRate: Encodable, Sendable, Equatable {
        public var path: String
        public var rate: UInt64

        public init(path: String, rate: UInt64) {
            self.path = path
            self.rate = rate
        }

        private enum CodingKeys: String, CodingKey {
            case path = "Path"
            case rate = "Rate"
        }
    }

    /// A device of the host that the container sees.
    public struct Device: Encodable, Sendable, Equatable {
        public var pathOnHost: String
        public var pathInContainer: String
        /// Of `r`, `w` and `m`.
        public var cgroupPermissions: String

        public init(pathOnHost: String, pathInContainer: String, cgroupPermissions: String) {
            self.pathOnHost = pathOnHost
            self.pathInContainer = pathInContainer
            self.cgroupPermissions = cgroupPermissions
        }

        private enum CodingKeys: String, CodingKey {
            case pathOnHost = "PathOnHost"
            case pathInContainer = "PathInContainer"
            case cgroupPermissions = "CgroupPermissions"
        }
    }

    /// Devices that a driver hands out: GPUs, CDI.
    public struct DeviceRequest: Encodable, Sendable, Equatable {
        public var driver = ""
        /// -1 asks for all.
        public var count = 0
        public var deviceIDs: [String]?
        public var capabilities: [[String]]?
        public var options: [String: String]?

        public init() {}

        private enum CodingKeys: String, CodingKey {
            case driver = "Driver"
            case count = "Count"
            case deviceIDs = "DeviceIDs"
            case capabilities = "Capabilities"
            case options = "Options"
        }
    }
}

extension CreateRequest {
    /// A file system mounted into the container, in the form that knows every setting.
    public struct Mount: Encodable, Sendable, Equatable {
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

        public struct BindOptions: Encodable, Sendable, Equatable {
            public var propagation: String?
            public var nonRecursive: Bool?
            public var readOnlyNonRecursive: Bool?
            public var readOnlyForceRecursive: Bool?

            public init() {}

            private enum CodingKeys: String, CodingKey {
                case propagation = "Propagation"
                case nonRecursive = "NonRecursive"
                case readOnlyNonRecursive = "ReadOnlyNonRecursive"
                case readOnlyForceRecursive = "ReadOnlyForceRecursive"
            }
        }

        public struct VolumeOptions: Encodable, Sendable, Equatable {
            public var noCopy: Bool?
            public var labels: [String: String]?
            public var driverConfig: Driver?
            public var subpath: String?

            public init() {}

            private enum CodingKeys: String, CodingKey {
                case noCopy = "NoCopy"
                case labels = "Labels"
                case driverConfig = "DriverConfig"
                case subpath = "Subpath"
            }
        }

        public struct Driver: Encodable, Sendable, Equatable {
            public var name: String?
            public var options: [String: String]?

            public init() {}

            private enum CodingKeys: String, CodingKey {
                case name = "Name"
                case options = "Options"
            }
        }

        public struct ImageOptions: Encodable, Sendable, Equatable {
            public var subpath: String?

            public init() {}

            private enum CodingKeys: String, CodingKey { case subpath = "Subpath" }
        }

        public struct TmpfsOptions: Encodable, Sendable, Equatable {
            public var sizeBytes: Int64?
            public var mode: UInt32?

            public init() {}

            private enum CodingKeys: String, CodingKey {
                case sizeBytes = "SizeBytes"
                case mode = "Mode"
            }
        }

        private enum CodingKeys: String, CodingKey {
            case type = "Type"
            case source = "Source"
            case target = "Target"
            case readOnly = "ReadOnly"
            case consistency = "Consistency"
            case bindOptions = "BindOptions"
            case volumeOptions = "VolumeOptions"
            case imageOptions = "ImageOptions"
            case tmpfsOptions = "TmpfsOptions"
        }
    }
}
