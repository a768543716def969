// SPDX-License-Identifier: Apache-2.0

internal import Console
internal import Engine
internal import Output
internal import RunOptions
internal import Systemd

/// What a run was asked for, and where it runs.
@LoopActor
final class Job {
    let wrapper: WrapperOptions
    let options: ContainerOptions
    /// The unit that we are in; `nil` in a shell.
    let unit: Unit?
    let environment: [String: String]
    /// The sockets that the unit's .socket units have opened.
    let sockets = ActivationSockets.ofThisProcess()
    let diagnostics: Diagnostics
    /// Tells the container that this run makes from all others (label ``CleanUp/label``).
    let mark = String(UInt64.random(in: 1 ... .max), radix: 16)
    /// The container's name; `nil` where Docker chooses one.
    private(set) var name: String?

    init(
        _ wrapper: WrapperOptions, _ options: ContainerOptions, environment: [String: String], diagnostics: Diagnostics
    ) {
        self.wrapper = wrapper
        self.options = options
        self.environment = environment
        self.diagnostics = diagnostics
        unit = Unit.ofThisProcess()
        name = options.name
    }

    /// Lets Docker choose a name: another container of our unit has the unit's.
    func giveUpName() { name = nil }

    /// What messages call a container.
    func label(_ container: Container) -> String { name ?? String(container.id.prefix(12)) }

    /// The line that `systemctl status` shows.
    func show(_ status: String) { Notification.status(status) }

    /// Our stdin is the container's.
    var attachesInput: Bool {
        options.request.opensStandardInput && (unit == nil || ContainerInput.isWorthwhile)
    }

    /// Nothing is left for us to do once the container runs: no log to copy, no message to forward, no health to watch,
    /// nothing to remove.
    var exitsAfterStart: Bool {
        !wrapper.logs && wrapper.readyCondition == .started && wrapper.onUnhealthy == .none
            && wrapper.reloadCommand.isEmpty && Notification.watchdog == nil && !options.removesOnExit
    }
}
