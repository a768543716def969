// SPDX-License-Identifier: Apache-2.0

public import JSON

extension CreateRequest {
    /// What the container gets from its host: limits, namespaces, mounts, devices, ports.
    ///
    /// 0 and the empty string mean "not requested", except for `memorySwappiness`, where -1 does.
    public struct HostConfig: WritableObject, Sendable, Equatable {
        /// `--rm`: the Engine removes the container and its anonymous volumes when it exits.
        public var removesOnExit = false
        public var initProcess: Bool?
        public var restartPolicy = RestartPolicy()
        public var runtime: String?
        public var annotations: [String: String]?
        public var isolation = ""
        public var consoleSize: [UInt] = [0, 0]
        public var logConfig = LogConfig()
        /// The client's `--cidfile`; the Engine only shows it in `docker inspect`.
        public var containerIDFile: String?

        // Security
        public var privileged = false
        public var readonlyRootfs = false
        public var capAdd: [String]?
        public var capDrop: [String]?
        public var securityOpt: [String]?
        /// `nil` takes the Engine's default; an empty list masks nothing.
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
        /// For Engines before API 1.42.
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
            object.add("AutoRemove", removesOnExit)
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
}
