// SPDX-License-Identifier: Apache-2.0

internal import Engine

/// What the options say, before it is put together: the part of the request that they set directly, and the rest.
struct Draft: Sendable {
    /// The environment that `--env NAME` takes values from.
    let environment: [String: String]
    /// The folder that relative paths begin in.
    let folder: String
    /// What docker's config.json says.
    let configuration: ClientConfiguration

    var request = CreateRequest(image: "")
    var host: CreateRequest.HostConfig {
        get { request.hostConfig }
        set { request.hostConfig = newValue }
    }

    // General
    var name: String?
    var showsHelp = false
    var isDetached = false
    var isInteractive = false
    var attached: [Stream] = []
    var entrypoint: String?
    var variables: [Variable] = []
    var variableFiles: [String] = []
    var labels: [String] = []
    var labelFiles: [String] = []
    var annotations: [String] = []
    var logOptions: [String] = []
    var cidFile: String?
    var detachKeys: String?
    var platform: Platform?
    var pull = ContainerOptions.PullPolicy.missing
    /// `--disable-content-trust`.
    var isTrustWaived = false
    var isQuiet = false
    var proxiesSignals = true
    var usesAPISocket = false

    // Health
    var healthCommand = ""
    var health = CreateRequest.Healthcheck()
    var hasNoHealthcheck = false

    // Network
    var published: [PublishedPorts] = []
    var exposed: [ExposedPorts] = []
    var networks: [NetworkAttachment] = []
    /// What --ip, --network-alias and the like say of the first network.
    var firstNetwork = NetworkAttachment(name: "")

    // Storage
    var volumes: [Volume] = []
    var mounts: [MountSpecification] = []
    var memoryFileSystems: [MemoryFileSystem] = []
    var storageOptions: [String] = []

    // Security, resources
    var securityOptions: [SecurityOption] = []
    var kernelParameters: [String] = []
    var limits: [CreateRequest.Ulimit] = []
    var devices: [DeviceMapping.Kind] = []
    var gpus: [CreateRequest.DeviceRequest] = []
    /// Engines since API 1.42 have no such limit.
    var kernelMemory: Int64 = 0

    init(environment: [String: String], folder: String, configuration: ClientConfiguration) {
        self.environment = environment
        self.folder = folder
        self.configuration = configuration
    }
}
