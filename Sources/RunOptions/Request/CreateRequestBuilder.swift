// SPDX-License-Identifier: Apache-2.0

internal import Engine

/// Gathers what the options of `run` say, and makes the create request of it.
///
/// Three steps: the parser sets the fields, ``readFiles()`` reads the files that they name, ``build()`` puts the request
/// together. Only the second looks at the host.
struct CreateRequestBuilder: Sendable {
    /// The environment that `--env NAME` takes values from.
    let environment: [String: String]
    /// The folder that relative paths begin in.
    let folder: String
    /// docker's config.json.
    let configuration: ClientConfiguration

    /// What options set directly.
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
    var attached: [AttachedStream] = []
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
    var pull = PullPolicy.missing
    /// `--disable-content-trust`.
    var waivesContentTrust = false
    var isQuiet = false
    var usesAPISocket = false

    // Health
    var healthCommand = ""
    var health = CreateRequest.Healthcheck()
    var hasNoHealthcheck = false

    // Network
    var published: [PublishedPorts] = []
    var exposed: [ExposedPorts] = []
    var networks: [NetworkAttachment] = []
    /// `--ip`, `--network-alias` and the like, which belong to the first network.
    var firstNetwork = NetworkAttachment(name: "")

    // Storage
    var volumes: [Volume] = []
    var mounts: [MountSpecification] = []
    var tmpfs: [Tmpfs] = []
    var storageOptions: [String] = []

    // Security and resources
    var securityOptions: [SecurityOption] = []
    var sysctls: [String] = []
    var ulimits: [CreateRequest.Ulimit] = []
    var devices: [DeviceMapping.Kind] = []
    var gpus: [CreateRequest.DeviceRequest] = []
    /// Engines since API 1.42 have no such limit.
    var kernelMemory: Int64 = 0

    /// The lines of ``variableFiles``.
    private(set) var fileVariables: [String] = []
    /// The lines of ``labelFiles``.
    private(set) var fileLabels: [String] = []

    init(environment: [String: String], folder: String, configuration: ClientConfiguration) {
        self.environment = environment
        self.folder = folder
        self.configuration = configuration
    }

    /// A builder of which only the grammar of the options is wanted, not a request.
    static var withoutSurroundings: CreateRequestBuilder {
        CreateRequestBuilder(environment: [:], folder: "/", configuration: ClientConfiguration())
    }

    /// Reads the files of `--env-file` and `--label-file`.
    ///
    /// - Throws: ``UsageError`` for a file that cannot be read.
    mutating func readFiles() throws(UsageError) {
        for path in variableFiles { fileVariables += try VariableFile(path: path, option: "--env-file").lines }
        for path in labelFiles { fileLabels += try VariableFile(path: path, option: "--label-file").lines }
    }

    /// Makes the request.
    ///
    /// - Returns: All that the options say, in the form of the newest API; ``ContainerOptions/creation(for:)`` makes that
    ///   of an older one.
    /// - Throws: ``UsageError`` where options contradict each other.
    func build() throws(UsageError) -> CreateRequest {
        var request = request
        try addStreams(to: &request)
        addEnvironment(to: &request)
        addLabels(to: &request)
        try addLogging(to: &request)
        try addHealthcheck(to: &request)
        try addNetworks(to: &request)
        addPorts(to: &request)
        addStorage(to: &request)
        addSecurity(to: &request)
        addResources(to: &request)
        request.hostConfig.containerIDFile = cidFile
        return request
    }
}
