// SPDX-License-Identifier: Apache-2.0

internal import Cgroups
internal import Console
internal import Engine
internal import Images
internal import Linux
internal import Output
internal import RunOptions
internal import Systemd

extension Run {
    /// The Engine has refused to make a container, for there is one of its name.
    struct NameTaken: Error {
        let refusal: EngineError
    }

    func create(_ client: Client) async throws -> Container {
        let images = EnsureImage(client, wrapper, options, environment: environment, diagnostics)
        try await images.beforeCreation()
        let creation = options.creation(for: client.version)
        var request = completed(creation.request)
        // Both, whether used or not: what creation does not set the container has from its image.
        request.labels[ArgumentsLabel.name] = argumentsLabel
        request.labels[UpdateLabel.name] = request.labels[UpdateLabel.name] ?? ""
        request.labels[CleanUp.label] = mark
        if let place { shape(&request, for: place) }
        if wrapper.readyCondition == .notify {
            let proxy = try openProxy()
            // Whose pings the manager waits for is the container; WATCHDOG_PID would name a process, and its PID
            // namespace has other numbers.
            let watchdog = Notification.watchdog.map { ["WATCHDOG_USEC=\($0.microseconds)"] } ?? []
            request.environment =
                (request.environment ?? []) + ["NOTIFY_SOCKET=\(NotifyProxy.pathInContainer)"] + watchdog
            request.hostConfig.binds =
                (request.hostConfig.binds ?? []) + ["\(proxy.path):\(NotifyProxy.pathInContainer)"]
        }
        if request.opensStandardInput, !attachesInput {
            // Without us at the other end its stdin stays open and silent, as `docker run -d -i` has it.
            request.attachesStandardInput = false
            request.closesStandardInputOnce = false
        }
        try await reserveIDFile(client)
        notify("creating container \(options.name ?? "") from \(options.image)")
        let container: Container
        do {
            let created: CreatedContainer
            do throws(EngineError) {
                created = try await make(request, client)
            } catch {
                guard try await images.afterRefusal(error) else { throw error }
                notify("creating container \(options.name ?? "") from \(options.image)")
                created = try await make(request, client)
            }
            undertaking = .created(created.id)
            try ownContainer(created.id, client)
            for warning in created.warnings { diagnostics.warning(warning) }
            for connection in creation.connections {
                try await client.connect(created.id, to: connection.network, as: connection.endpoint)
            }
            container = try await client.inspect(created.id)
        } catch let error as EngineError {
            if !undertaking.isCreated, error.isConflict { throw NameTaken(refusal: error) }
            throw !undertaking.isCreated
                ? CommandError(creating: options.name ?? "", from: options.image, error)
                : CommandError("prepare the new container", error)
        }
        try writeIDFile(container.id)
        return container
    }

    /// What the unit has to do with it.
    func completed(_ request: CreateRequest) -> CreateRequest {
        var request = request
        if wrapper.passesEnvironment {
            // Before what -e and --env-file say: of two values for one name the Engine takes the last.
            request.environment = UnitEnvironment.entries(of: environment) + (request.environment ?? [])
        }
        if wrapper.updates, let unit {
            request.labels[UpdateLabel.name] =
                UpdateLabel(unit: unit, image: options.image, platform: options.platform).value
        }
        if credentials != nil {
            request.environment = (request.environment ?? []) + ["DOCKER_CONFIG=\(Self.credentialsFolder)"]
        }
        return request
    }

    /// What a container that is made with our arguments is labelled with.
    var argumentsLabel: String {
        ArgumentsLabel.value(
            of: completed(options.request), platform: options.platform, notify: wrapper.readyCondition == .notify)
    }

    /// Asks the Engine for the container; a signal half-way leaves it a moment to tell what is to be cleared away.
    ///
    /// It makes the container, too, when nobody waits for the answer any more.
    private func make(_ request: CreateRequest, _ client: Client) async throws(EngineError) -> CreatedContainer {
        // From here on until it is in the unit a container of ours may be anywhere.
        await provide(["clean-up", "--run", mark])
        let creation = EventLoop.shared.task { [options] in
            try await client.create(request, name: options.name, platform: options.platform)
        }
        undertaking = .creating
        do {
            let created = try await withTaskCancellationHandler {
                try await creation.value
            } onCancel: {
                EventLoop.shared.task {
                    try await EventLoop.shared.sleep(.seconds(3))
                    creation.cancel()
                }
            }
            return created
        } catch let error as EngineError {
            if error.status != nil { undertaking = .none }
            throw error
        } catch {
            throw .cut(call: "POST /containers/create", reason: "\(error)")
        }
    }

    /// The container that the Engine has made for us without our having heard of it: it went away before it answered.
    func unheardOfID(_ client: Client) async throws(EngineError) -> String? {
        try await client.list(filters: ["label": ["\(CleanUp.label)=\(mark)"]]).first?.id
    }

    /// Takes the place of the file that `--cidfile` asks for, before there is an ID to write into it.
    private func reserveIDFile(_ client: Client) async throws {
        guard let path = options.cidFile else { return }
        if Files.exists(path) {
            let id = (try? Files.text(path)) ?? path
            guard try await isGone(id, client) else {
                throw CommandError("--cidfile \(path) is there already: remove it, unless it is another container's")
            }
        }
        try writeIDFile("")
    }

    /// Whether an ID is left over from a run that was killed: empty, or that of a container that is gone.
    private func isGone(_ id: String, _ client: Client) async throws -> Bool {
        if id.isEmpty { return true }
        guard id.count == 64, id.allSatisfy({ $0.isASCII && $0.isHexDigit }) else { return false }
        do throws(EngineError) {
            _ = try await client.inspect(id)
            return false
        } catch {
            if error.isNotFound { return true }
            throw CommandError("look up container \(id) of --cidfile", error)
        }
    }

    private func writeIDFile(_ id: String) throws(CommandError) {
        guard let path = options.cidFile else { return }
        do throws(SystemError) {
            try Files.replace(path, with: id)
            idFile = path
        } catch {
            throw CommandError("write the container ID file \(path): \(error): choose another --cidfile")
        }
    }

    var attachesInput: Bool {
        options.request.opensStandardInput && (unit == nil || ContainerInput.isWorthwhile)
    }
}
