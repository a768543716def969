// SPDX-License-Identifier: Apache-2.0

internal import Console
internal import Engine
internal import Images
internal import RunOptions
internal import Systemd

/// The Engine has refused to create a container, for another one has its name.
struct NameTaken: Error {
    let refusal: EngineError
}

/// Has the Engine create the container.
@LoopActor
struct Creation {
    let job: Job
    let client: Client
    let spec: ContainerSpec
    let state: ContainerState
    let ownership: ContainerOwnership
    let files: ContainerFiles
    /// Provides for our being killed from now on.
    let prepareForDeath: () async -> Void

    /// Creates it, and pulls or loads its image before if that is asked for.
    ///
    /// - Returns: The container.
    /// - Throws: ``NameTaken``, ``CommandError``.
    func create() async throws -> Container {
        let images = EnsureImage(client, job.wrapper, job.options, environment: job.environment, job.diagnostics)
        try await images.beforeCreation()
        let creation = spec.creation(for: client.version)
        try await files.reserveIDFile(client)
        announce()
        let container: Container
        do {
            let created: CreatedContainer
            do throws(EngineError) {
                created = try await create(creation.request)
            } catch {
                guard try await images.afterRefusal(error) else { throw error }
                announce()
                created = try await create(creation.request)
            }
            try await ownership.takeContainer(created.id)
            state.stage = .created(created.id)
            for warning in created.warnings { job.diagnostics.warning(warning) }
            for connection in creation.connections {
                try await client.connect(created.id, to: connection.network, as: connection.endpoint)
            }
            container = try await client.inspect(created.id)
        } catch let error as EngineError {
            if !state.isCreated, error.isConflict { throw NameTaken(refusal: error) }
            throw !state.isCreated
                ? CommandError(creating: job.name ?? "", from: job.options.image, error)
                : CommandError("prepare the new container", error)
        }
        try files.write(id: container.id)
        return container
    }

    private func announce() { job.show("creating container \(job.name ?? "") from \(job.options.image)") }

    /// Asks the Engine for the container; a signal half-way leaves it a moment to tell what is to be removed.
    ///
    /// The Engine creates the container, too, when nothing waits for the answer any more.
    private func create(_ request: CreateRequest) async throws(EngineError) -> CreatedContainer {
        // From here on until it is in the unit a container of ours may be anywhere.
        await prepareForDeath()
        let creation = EventLoop.shared.task { [client, name = job.name, platform = job.options.platform] in
            try await client.create(request, name: name, platform: platform)
        }
        state.stage = .creating
        do {
            return try await withTaskCancellationHandler {
                try await creation.value
            } onCancel: {
                EventLoop.shared.task {
                    try await EventLoop.shared.sleep(.seconds(3))
                    creation.cancel()
                }
            }
        } catch let error as EngineError {
            if error.status != nil { state.stage = .none }
            throw error
        } catch {
            throw .cut(call: "POST /containers/create", reason: "\(error)")
        }
    }
}
