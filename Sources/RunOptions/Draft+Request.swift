// SPDX-License-Identifier: Apache-2.0

internal import Engine

extension Draft {
    /// Puts the request together: what takes several options, and what contradicts itself.
    mutating func finish() throws(UsageError) {
        try finishStreams()
        try finishEnvironment()
        try finishHealthcheck()
        try finishNetworks()
        finishPorts()
        try finishStorage()
        finishSecurity()
        finishResources()
        host.containerIDFile = cidFile
        host.kernelMemory = kernelMemory == 0 ? nil : kernelMemory
    }

    private mutating func finishStreams() throws(UsageError) {
        guard !isDetached || attached.isEmpty else { throw UsageError("--attach and --detach contradict each other") }
        request.opensStandardInput = isInteractive
        let streams = attached.isEmpty ? [.stdout, .stderr] : attached
        request.attachesStandardInput = !isDetached && (isInteractive || streams.contains(.stdin))
        request.attachesStandardOutput = !isDetached && streams.contains(.stdout)
        request.attachesStandardError = !isDetached && streams.contains(.stderr)
        request.closesStandardInputOnce = isInteractive && request.attachesStandardInput
        request.entrypoint = entrypoint.map { [$0] }
    }

    private mutating func finishEnvironment() throws(UsageError) {
        var environment: [String] = []
        for path in variableFiles {
            for line in try VariableFile(path: path, option: "--env-file").lines {
                // A name that we do not know either says nothing.
                let resolved = try? Variable(option: line).resolved(in: self.environment)
                if let resolved, resolved.contains("=") { environment.append(resolved) }
            }
        }
        // Of one name, the last counts; a file's variables stand before and lose against these.
        var places: [String: Int] = [:]
        for variable in variables {
            let text = variable.resolved(in: self.environment)
            if let place = places[variable.name] {
                environment[place] = text
            } else {
                places[variable.name] = environment.count
                environment.append(text)
            }
        }
        let proxies = configuration.proxyVariables(host: self.environment["DOCKER_HOST"] ?? "")
        environment += proxies.filter { places[$0.name] == nil }.map { "\($0.name)=\($0.value)" }
        request.environment = environment.isEmpty ? nil : environment

        var lines: [String] = []
        for path in labelFiles {
            lines += try VariableFile(path: path, option: "--label-file").lines.filter { $0.contains("=") }
        }
        request.labels = Dictionary(pairs: lines + labels)
        host.annotations = annotations.isEmpty ? nil : Dictionary(pairs: annotations)
        host.logConfig.config = Dictionary(pairs: logOptions)
        let driver = host.logConfig.type
        if driver == "none" || driver == ContainerOptions.passthrough, !logOptions.isEmpty {
            throw UsageError("--log-opt and --log-driver \(driver) contradict each other")
        }
        if driver == ContainerOptions.passthrough, request.hasTerminal {
            throw UsageError("--log-driver passthrough and -t contradict each other: a terminal takes all output")
        }
    }

    private mutating func finishHealthcheck() throws(UsageError) {
        let times: [(String, Int64?)] = [
            ("--health-interval", health.interval), ("--health-timeout", health.timeout),
            ("--health-start-period", health.startPeriod), ("--health-start-interval", health.startInterval),
            ("--health-retries", health.retries.map(Int64.init)),
        ]
        let isGiven = !healthCommand.isEmpty || times.contains { $0.1 ?? 0 != 0 }
        if hasNoHealthcheck {
            guard !isGiven else { throw UsageError("--no-healthcheck and --health-… contradict each other") }
            health.test = ["NONE"]
        } else {
            for (option, time) in times where time ?? 0 < 0 { throw UsageError("\(option) cannot be negative") }
            if !healthCommand.isEmpty { health.test = ["CMD-SHELL", healthCommand] }
        }
        // 0 is what the Engine takes for "not given".
        if health.interval == 0 { health.interval = nil }
        if health.timeout == 0 { health.timeout = nil }
        if health.startPeriod == 0 { health.startPeriod = nil }
        if health.startInterval == 0 { health.startInterval = nil }
        if health.retries == 0 { health.retries = nil }
        request.healthcheck = isGiven || hasNoHealthcheck ? health : nil
    }

    private mutating func finishPorts() {
        var exposedPorts: [String: CreateRequest.Empty] = [:]
        var bindings: [String: [CreateRequest.PortBinding]] = [:]
        for (port, binding) in published.flatMap(\.bindings) {
            exposedPorts[port] = .init()
            bindings[port, default: []].append(binding)
        }
        host.portBindings = bindings
        for port in exposed.flatMap(\.ports) { exposedPorts[port] = .init() }
        request.exposedPorts = exposedPorts.isEmpty ? nil : exposedPorts
    }

    private mutating func finishStorage() throws(UsageError) {
        // The same text given twice is one volume.
        for (index, volume) in volumes.enumerated() where !volumes[..<index].contains(volume) {
            switch volume.place {
            case .anonymous(let folder): request.volumes[folder] = .init()
            case .bind(let text): host.binds = (host.binds ?? []) + [Volume.absolute(text, in: folder)]
            }
        }
        var all = mounts.map { specification in
            var mount = specification.mount
            if let source = mount.source, source.hasPrefix(".") { mount.source = cleaned("\(folder)/\(source)") }
            return mount
        }
        if usesAPISocket { all.append(Self.apiSocket) }
        host.mounts = all.isEmpty ? nil : all
        for memory in memoryFileSystems {
            var all = host.tmpfs ?? [:]
            all[memory.path] = memory.options
            host.tmpfs = all
        }
        host.storageOpt = storageOptions.isEmpty ? nil : Dictionary(pairs: storageOptions)
    }

    /// Docker's socket where the daemon sees it, which is not always where DOCKER_HOST finds it.
    private static let apiSocket: CreateRequest.Mount = {
        var mount = CreateRequest.Mount()
        mount.type = "bind"
        mount.source = "/var/run/docker.sock"
        mount.target = "/var/run/docker.sock"
        mount.bindOptions = CreateRequest.Mount.BindOptions()
        return mount
    }()

    private mutating func finishSecurity() {
        if securityOptions.contains(where: \.unmasksSystemPaths) {
            host.maskedPaths = []
            host.readonlyPaths = []
        }
        let options = securityOptions.filter { !$0.unmasksSystemPaths }.map(\.text)
        host.securityOpt = securityOptions.isEmpty ? nil : options
        host.capAdd = host.capAdd.map { Set($0).sorted() }
        host.capDrop = host.capDrop.map { Set($0).sorted() }
        host.sysctls = kernelParameters.isEmpty ? nil : Dictionary(pairs: kernelParameters)
    }

    private mutating func finishResources() {
        // Of one name, the last counts.
        let byName = Dictionary(limits.map { ($0.name, $0) }) { _, last in last }
        host.ulimits = byName.values.sorted { $0.name < $1.name }

        var handedOut: [String] = []
        for device in devices {
            switch device {
            case .path(let device): host.devices.append(device)
            case .cdi(let name): handedOut.append(name)
            }
        }
        var requests = gpus
        if !handedOut.isEmpty {
            var request = CreateRequest.DeviceRequest()
            request.driver = "cdi"
            request.deviceIDs = handedOut
            requests.append(request)
        }
        host.deviceRequests = requests.isEmpty ? nil : requests
    }

    /// Settings inside of options that older Engines pass over, with the oldest API that knows them.
    var newSettings: [(name: String, since: String)] {
        let endpoints = request.networkingConfig.endpoints.values
        let mounts = host.mounts ?? []
        let settings: [(name: String, since: String, isUsed: Bool)] = [
            ("a network's MAC address", "1.44", endpoints.contains { !$0.macAddress.isEmpty }),
            ("a network's gw-priority", "1.48", endpoints.contains { $0.gatewayPriority != 0 }),
            (
                "bind-recursive=readonly", "1.44",
                mounts.contains { $0.bindOptions?.readOnlyForceRecursive == true }
            ),
            ("volume-subpath", "1.45", mounts.contains { $0.volumeOptions?.subpath != nil }),
            ("a mount of type=image", "1.48", mounts.contains { $0.type == "image" }),
        ]
        return settings.filter(\.isUsed).map { ($0.name, $0.since) }
    }
}
