// SPDX-License-Identifier: Apache-2.0

internal import Claims
internal import Console
internal import Engine
internal import Glibc
internal import Linux
internal import RunOptions
internal import Systemd

/// Our claim to make a container's process in the unit, which our runtime asks for with native placement.
@LoopActor
final class ContainerClaim {
    private let job: Job
    private let cleanup: Cleanup
    private var step: Cleanup.Step?

    init(_ job: Job, _ cleanup: Cleanup) {
        self.job = job
        self.cleanup = cleanup
    }

    /// Answers our runtime from now on: it asks whenever Docker creates the container's process, also when somebody
    /// restarts it by hand.
    ///
    /// - Parameters:
    ///   - container: The container.
    ///   - place: Its place; without native placement nothing is claimed.
    /// - Throws: ``CommandError``.
    func make(for container: Container, in place: Place?) async throws(CommandError) {
        guard let place, place.choice.placement == .native else { return }
        await step?.run()
        do {
            let claim = try Claim(
                of: container.id,
                at: .ofSupervisor(
                    daemonIsRootless: place.daemonIsRootless, runtimeDirectory: job.environment["XDG_RUNTIME_DIR"]),
                offering: offer)
            let source = try EventLoop.shared.watch(claim.descriptor, for: .readable) { _ in claim.serve() }
            step = cleanup.add {
                source.stop()
                claim.close()
            }
        } catch {
            throw CommandError("claim container \(job.label(container)) for the unit", error)
        }
    }

    /// What the container gets from us beside its place.
    private var offer: Offer {
        var offer = Offer()
        offer.sockets = zip(job.sockets.names, job.sockets.descriptors).map { Offer.Socket(name: $0, descriptor: $1) }
        if job.options.passesOutput { offer.output = Offer.Output(stdout: STDOUT_FILENO, stderr: STDERR_FILENO) }
        return offer
    }
}
