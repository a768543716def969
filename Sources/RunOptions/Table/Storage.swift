// SPDX-License-Identifier: Apache-2.0

internal import Engine

extension Draft {
    /// What the container sees of file systems.
    static let storage: [Option<Draft>] = [
        .list("mount", kind: "mount", \.mounts, "Attach a filesystem mount to the container"),
        .flag("read-only", \.host.readonlyRootfs, "Mount the container's root filesystem as read only"),
        .value("shm-size", \ByteCount.count, \.host.shmSize, "Size of /dev/shm"),
        .list("storage-opt", \Pair.text, \.storageOptions, "Storage driver options for the container"),
        .list("tmpfs", \.memoryFileSystems, "Mount a tmpfs directory"),
        .list("volume", short: "v", \.volumes, "Bind mount a volume"),
        .value("volume-driver", \.host.volumeDriver, "Optional volume driver for the container"),
        .list("volumes-from", \String.self, \.host.volumesFrom, "Mount volumes from the specified container(s)"),
    ]
}
