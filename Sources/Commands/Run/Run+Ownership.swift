// SPDX-License-Identifier: Apache-2.0

internal import Claims
internal import Console
internal import Engine
internal import Linux
internal import RunOptions
internal import Systemd

extension Run {
    /// Ownership of a container or a name, and the event source that answers for it.
    struct Owned {
        /// The container's ID; `nil` of a name.
        let container: String?
        let ownership: Ownership
        let source: EventSource
    }

    /// Takes the container's name before anything is looked up or made under it: of two starts at the same moment one
    /// must not find, and clear away, what the other is making.
    func ownName(_ client: Client) throws(CommandError) {
        guard let name = options.name else { return }
        switch try own(name, client) {
        case .taken(let ownership):
            ownedName = try watched(ownership)
        case .refused(let owner):
            // A unit may run several containers: the first has its name, unless they are given names of their own.
            guard options.isNamedAfterUnit, let unit, Unit.of(process: owner.process) == unit else {
                throw inUse(by: owner)
            }
            options.name = nil
        }
    }

    /// Takes a container that there is: another may supervise it under a name that it had before.
    func ownContainer(_ id: String, _ client: Client) throws(CommandError) {
        if ownedContainer?.container == id { return }
        ownedContainer?.ownership.close()
        ownedContainer = nil
        switch try own(id, client) {
        case .taken(let ownership): ownedContainer = try watched(ownership, of: id)
        case .refused(let owner): throw inUse(by: owner)
        }
    }

    /// Refuses a container that is a unit's main process by itself: its wrapper has left (`--logs=false`), and systemd
    /// supervises it.
    func checkMainProcess(_ container: Container) async throws(CommandError) {
        let process = container.state.process
        guard container.state.isRunning, process > 0, let unit = Unit.of(process: process),
            await unit.mainProcess() == process
        else { return }
        throw inUse(by: "\(unit.name) (process \(process))")
    }

    private func own(_ container: String, _ client: Client) throws(CommandError) -> Ownership.Outcome {
        let engine = (try? Files.resolve(client.host.socket)) ?? client.host.socket
        do throws(SystemError) {
            return try Ownership.take(
                of: Subject(container: container, engine: engine),
                at: .ofOwner(runtimeDirectory: environment["XDG_RUNTIME_DIR"]))
        } catch {
            throw CommandError("cannot take ownership of container \(container)", error)
        }
    }

    private func watched(_ ownership: Ownership, of id: String? = nil) throws(CommandError) -> Owned {
        do throws(SystemError) {
            let source = try EventLoop.shared.watch(ownership.descriptor, for: .readable) { _ in ownership.serve() }
            return Owned(container: id, ownership: ownership, source: source)
        } catch {
            throw CommandError("cannot watch for other supervisors", error)
        }
    }

    private func inUse(by owner: Owner) -> CommandError {
        let unit = Unit.of(process: owner.process)
        return inUse(by: unit.map { "\($0.name) (process \(owner.process))" } ?? "process \(owner.process)")
    }

    private func inUse(by owner: String) -> CommandError {
        CommandError(
            "cannot use the container name \"\(options.name ?? "")\": it is in use by \(owner). Stop that first, or choose "
                + "another --name")
    }

    /// Gives both up.
    func endOwnership() {
        for owned in [ownedName, ownedContainer].compactMap(\.self) {
            owned.source.stop()
            owned.ownership.close()
        }
        (ownedName, ownedContainer) = (nil, nil)
    }
}
