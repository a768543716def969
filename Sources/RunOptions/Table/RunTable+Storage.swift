// SPDX-License-Identifier: Apache-2.0

internal import Engine

extension RunTable {
    /// Mounts and the root file system.
    static let storage: [Option<CreateRequestBuilder>] = [
        .list("mount", kind: "mount", \.mounts, "Attach a filesystem mount to the container"),
        .flag("read-only", \.host.readonlyRootfs, "Mount the container's root filesystem as read only"),
        .value("shm-size", \ByteCount.count, \.host.shmSize, "Size of /dev/shm"),
        .list("storage-opt", \StorageOption.text, \.storageOptions, "Storage driver options for the container"),
        .list("tmpfs", \.tmpfs, "Mount a tmpfs directory"),
        .list("volume", short: "v", \.volumes, "Bind mount a volume"),
        .value("volume-driver", \.host.volumeDriver, "Optional volume driver for the container"),
        .list("volumes-from", \String.self, \.host.volumesFrom, "Mount volumes from the specified container(s)"),
    ]
}
