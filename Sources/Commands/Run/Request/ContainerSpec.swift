// SPDX-License-Identifier: Apache-2.0

internal import Claims
internal import Engine
internal import Images
internal import RunOptions

/// What a container is created with: what the user asked for, and what we add to it.
struct ContainerSpec: Sendable {
    var options: ContainerOptions
    /// What `--env` hands to the container, as `NAME=value`.
    var unitEnvironment: [String] = []
    /// What `--auto-update` notes on it; empty without.
    var updateLabel = ""
    /// ``Identity/label``.
    var identityLabel = ""
    /// ``CleanUp/label``.
    var runLabel = ""
    /// The folder of docker's credentials in the container; `nil` where it has none.
    var credentialsFolder: String?
    /// Our stdin is the container's.
    var attachesInput = true
    /// How it gets into the unit.
    var placement = Shape.docker
    /// The socket for `--ready notify`, on the host.
    var notifySocket: String?
    /// How often the manager wants to be pinged, in microseconds.
    var watchdogMicroseconds: UInt64?

    /// What a placement asks of the request.
    enum Shape: Sendable, Equatable {
        /// Docker puts the container where it likes.
        case docker
        /// Docker makes it in this cgroup.
        case parent(String)
        /// Our runtime makes it, and calls this runtime; runc where it is empty.
        case native(command: [String])
    }

    /// The environment that is the container's but for what we add for systemd.
    ///
    /// Of two values for one name the Engine takes the last, so the user's own -e and --env-file win.
    var environment: [String] { unitEnvironment + (options.request.environment ?? []) }

    /// The request in the form of an Engine's API.
    ///
    /// `POST /containers/create`.
    ///
    /// - Parameter version: The Engine's.
    /// - Returns: The request, and what has to follow it.
    func creation(for version: APIVersion) -> ContainerOptions.Creation {
        var creation = options.creation(for: version)
        complete(&creation.request)
        return creation
    }

    private func complete(_ request: inout CreateRequest) {
        var variables = environment
        if let credentialsFolder { variables.append("DOCKER_CONFIG=\(credentialsFolder)") }
        // All of them, whether used or not: what creation does not set the container has from its image.
        request.labels[Identity.labelName] = identityLabel
        request.labels[UpdateLabel.name] = updateLabel
        request.labels[CleanUp.label] = runLabel
        if let notifySocket {
            variables.append("NOTIFY_SOCKET=\(NotifyProxy.pathInContainer)")
            // Only the container's pings count; WATCHDOG_PID would name a process, and its PID namespace has other
            // numbers.
            if let watchdogMicroseconds { variables.append("WATCHDOG_USEC=\(watchdogMicroseconds)") }
            request.hostConfig.binds =
                (request.hostConfig.binds ?? []) + ["\(notifySocket):\(NotifyProxy.pathInContainer)"]
        }
        if !variables.isEmpty { request.environment = variables }
        if request.opensStandardInput, !attachesInput {
            // Without us at the other end its stdin stays open and silent, as `docker run -d -i` has it.
            request.attachesStandardInput = false
            request.closesStandardInputOnce = false
        }
        switch placement {
        case .docker: break
        case .parent(let cgroup): request.hostConfig.cgroupParent = cgroup
        case .native(let command):
            request.hostConfig.runtime = ContainerRuntime.ours
            var annotations = request.hostConfig.annotations ?? [:]
            if options.removesOnExit { annotations[ClaimAnnotation.key] = ClaimAnnotation.required }
            if !command.isEmpty { annotations[RuntimeAnnotation.key] = RuntimeAnnotation.value(of: command) }
            if !annotations.isEmpty { request.hostConfig.annotations = annotations }
            // The Engine sees nothing of what goes straight to the unit's output.
            if options.passesOutput { request.hostConfig.logConfig.type = "none" }
        }
    }
}
