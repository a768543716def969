// SPDX-License-Identifier: Apache-2.0

internal import Engine

/// The container's process: its streams, its environment, its health check; and labels.
extension CreateRequestBuilder {
    func addStreams(to request: inout CreateRequest) throws(UsageError) {
        guard !isDetached || attached.isEmpty else { throw UsageError("--attach and --detach contradict each other") }
        request.opensStandardInput = isInteractive
        let streams = attached.isEmpty ? [.stdout, .stderr] : attached
        request.attachesStandardInput = !isDetached && (isInteractive || streams.contains(.stdin))
        request.attachesStandardOutput = !isDetached && streams.contains(.stdout)
        request.attachesStandardError = !isDetached && streams.contains(.stderr)
        request.closesStandardInputOnce = isInteractive && request.attachesStandardInput
        request.entrypoint = entrypoint.map { [$0] }
    }

    func addEnvironment(to request: inout CreateRequest) {
        var environment: [String] = []
        for line in fileVariables {
            // A bare name that our environment does not have is left out; with --env it would remove the image's variable.
            let resolved = try? Variable(option: line).resolved(in: self.environment)
            if let resolved, resolved.contains("=") { environment.append(resolved) }
        }
        // Of one name the last wins, for the Engine too: files come first and lose against --env.
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
    }

    func addLabels(to request: inout CreateRequest) {
        request.labels = Dictionary(pairs: fileLabels.filter { $0.contains("=") } + labels)
        request.hostConfig.annotations = annotations.isEmpty ? nil : Dictionary(pairs: annotations)
    }

    func addLogging(to request: inout CreateRequest) throws(UsageError) {
        request.hostConfig.logConfig.config = Dictionary(pairs: logOptions)
        let driver = request.hostConfig.logConfig.type
        if driver == LogDriver.none || driver == LogDriver.passthrough, !logOptions.isEmpty {
            throw UsageError("--log-opt and --log-driver \(driver) contradict each other")
        }
        if driver == LogDriver.passthrough, request.hasTerminal {
            throw UsageError("--log-driver passthrough and -t contradict each other: a terminal takes all output")
        }
    }

    func addHealthcheck(to request: inout CreateRequest) throws(UsageError) {
        var health = health
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
        // For docker 0 means "not given".
        if health.interval == 0 { health.interval = nil }
        if health.timeout == 0 { health.timeout = nil }
        if health.startPeriod == 0 { health.startPeriod = nil }
        if health.startInterval == 0 { health.startInterval = nil }
        if health.retries == 0 { health.retries = nil }
        request.healthcheck = isGiven || hasNoHealthcheck ? health : nil
    }
}
