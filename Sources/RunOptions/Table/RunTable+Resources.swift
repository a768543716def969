// SPDX-License-Identifier: Apache-2.0

internal import Engine

extension RunTable {
    /// Limits and devices.
    static let resources: [Option<CreateRequestBuilder>] = [
        .value(
            "blkio-weight", \.host.blkioWeight,
            "Block IO (relative weight), between 10 and 1000, or 0 to disable"),
        .list(
            "blkio-weight-device", \DeviceWeight.weight, \.host.blkioWeightDevice,
            "Block IO weight (relative device weight)"),
        .onlyWindows("cpu-count", kind: "int"),
        .onlyWindows("cpu-percent", kind: "int"),
        .value("cpu-period", \.host.cpuPeriod, "Limit CPU CFS (Completely Fair Scheduler) period"),
        .value("cpu-quota", \.host.cpuQuota, "Limit CPU CFS (Completely Fair Scheduler) quota"),
        .value("cpu-rt-period", \.host.cpuRealtimePeriod, "Limit CPU real-time period in microseconds"),
        .value("cpu-rt-runtime", \.host.cpuRealtimeRuntime, "Limit CPU real-time runtime in microseconds"),
        .value("cpu-shares", short: "c", \.host.cpuShares, "CPU shares (relative weight)"),
        .value("cpus", \CPUCount.billionths, \.host.nanoCPUs, "Number of CPUs"),
        .value("cpuset-cpus", \.host.cpusetCPUs, "CPUs in which to allow execution (0-3, 0,1)"),
        .value("cpuset-mems", \.host.cpusetMems, "MEMs in which to allow execution (0-3, 0,1)"),
        .list("device", \DeviceMapping.device, \.devices, "Add a host device to the container"),
        .list(
            "device-cgroup-rule", \DeviceCgroupRule.text, \.host.deviceCgroupRules,
            "Add a rule to the cgroup allowed devices list"),
        .list(
            "device-read-bps", \DeviceRate.Bytes.rate, \.host.blkioDeviceReadBps,
            "Limit read rate (bytes per second) from a device"),
        .list(
            "device-read-iops", \DeviceRate.Operations.rate, \.host.blkioDeviceReadIOps,
            "Limit read rate (IO per second) from a device"),
        .list(
            "device-write-bps", \DeviceRate.Bytes.rate, \.host.blkioDeviceWriteBps,
            "Limit write rate (bytes per second) to a device"),
        .list(
            "device-write-iops", \DeviceRate.Operations.rate, \.host.blkioDeviceWriteIOps,
            "Limit write rate (IO per second) to a device"),
        .list(
            "gpus", kind: "gpu-request", \GPURequest.request, \.gpus,
            "GPU devices to add to the container ('all' to pass all GPUs)"),
        .onlyWindows("io-maxbandwidth", kind: "bytes"),
        .onlyWindows("io-maxiops", kind: "uint"),
        .value("kernel-memory", \ByteCount.count, \.kernelMemory, "Kernel memory limit (before API 1.42)"),
        .value("memory", short: "m", \ByteCount.count, \.host.memory, "Memory limit"),
        .value("memory-reservation", \ByteCount.count, \.host.memoryReservation, "Memory soft limit"),
        .value(
            "memory-swap", \MemorySwap.bytes, \.host.memorySwap,
            "Swap limit equal to memory plus swap: '-1' to enable unlimited swap"),
        .value(
            "memory-swappiness", \Swappiness.percent, \.host.memorySwappiness,
            "Tune container memory swappiness (0 to 100)"),
        .flag("oom-kill-disable", \.host.oomKillDisable, "Disable OOM Killer"),
        .value("oom-score-adj", \.host.oomScoreAdj, "Tune host's OOM preferences (-1000 to 1000)"),
        .value("pids-limit", \.host.pidsLimit, "Tune container pids limit (set -1 for unlimited)"),
        .list("ulimit", kind: "ulimit", \Ulimit.limit, \.ulimits, "Ulimit options"),
    ]
}
