// SPDX-License-Identifier: Apache-2.0

public import JSON

/// The body of `POST /containers/create`.
///
/// A field that is `nil` is left out; the others are always sent, as the docker client sends them.
public struct CreateRequest: WritableObject, Sendable, Equatable {
    /// As typed; the Engine adds the registry and the tag.
    public var image: String
    /// `nil` takes the image's.
    public var command: [String]?
    /// `nil` takes the image's; a single empty string resets it.
    public var entrypoint: [String]?
    /// `NAME=value`; `NAME` alone removes the image's.
    public var environment: [String]?
    public var workingDirectory = ""
    public var user = ""
    public var hostname = ""
    public var domainName = ""
    public var labels: [String: String] = [:]
    public var opensStandardInput = false
    /// Standard input ends when the first attached client detaches.
    public var closesStandardInputOnce = false
    public var attachesStandardInput = false
    public var attachesStandardOutput = true
    public var attachesStandardError = true
    public var hasTerminal = false
    /// `nil` takes the image's, or SIGTERM where it has none.
    public var stopSignal: String?
    /// Seconds between the stop signal and SIGKILL; -1 sends no SIGKILL.
    public var stopTimeout: Int?
    /// By port and protocol, as in `80/tcp`.
    public var exposedPorts: [String: Empty]?
    /// Anonymous volumes, by their folder in the container.
    public var volumes: [String: Empty] = [:]
    public var healthcheck: Healthcheck?
    public var hostConfig = HostConfig()
    public var networkingConfig = NetworkingConfig()

    /// A container with the defaults of its image and of the Engine.
    public init(image: String) { self.image = image }

    /// The value of entries whose key says everything: `{}`.
    public struct Empty: WritableObject, Sendable, Equatable {
        public init() {}

        public func write(to object: inout Members) {}
    }

    public func write(to object: inout Members) {
        object.add("Image", image)
        object.add("Cmd", command)
        object.add("Entrypoint", entrypoint)
        object.add("Env", environment)
        object.add("WorkingDir", workingDirectory)
        object.add("User", user)
        object.add("Hostname", hostname)
        object.add("Domainname", domainName)
        object.add("Labels", labels)
        object.add("OpenStdin", opensStandardInput)
        object.add("StdinOnce", closesStandardInputOnce)
        object.add("AttachStdin", attachesStandardInput)
        object.add("AttachStdout", attachesStandardOutput)
        object.add("AttachStderr", attachesStandardError)
        object.add("Tty", hasTerminal)
        object.add("StopSignal", stopSignal)
        object.add("StopTimeout", stopTimeout)
        object.add("ExposedPorts", exposedPorts)
        object.add("Volumes", volumes)
        object.add("Healthcheck", healthcheck)
        object.add("HostConfig", hostConfig)
        object.add("NetworkingConfig", networkingConfig)
    }
}
