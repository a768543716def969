// SPDX-License-Identifier: Apache-2.0

internal import Claims
internal import Console
internal import Engine
internal import Glibc
internal import Linux
internal import RunOptions
internal import Systemd

extension Run {
    /// A claim, and the event source that answers for it.
    struct Claiming {
        let claim: Claim
        let source: EventSource
    }

    /// With native placement: answers our runtime from now on, which asks whenever Docker creates the container's
    /// process, also when somebody restarts it by hand.
    func claim(_ container: Container) throws(CommandError) {
        guard let place, place.choice.placement == .native else { return }
        claiming = nil
        do {
            let claim = try Claim(
                of: container.id,
                at: .ofSupervisor(
                    daemonIsRootless: place.daemonIsRootless, runtimeDirectory: environment["XDG_RUNTIME_DIR"]),
                offering: offer)
            let source = try EventLoop.shared.watch(claim.descriptor, for: .readable) { _ in claim.serve() }
            claiming = Claiming(claim: claim, source: source)
        } catch {
            throw CommandError("claim container \(label(container)) for the unit", error)
        }
    }

    /// What the container gets from us beside its place.
    private var offer: Offer {
        var offer = Offer()
        offer.sockets = zip(sockets.names, sockets.descriptors).map { Offer.Socket(name: $0, descriptor: $1) }
        if options.passesOutput { offer.output = Offer.Output(stdout: STDOUT_FILENO, stderr: STDERR_FILENO) }
        return offer
    }

    /// Is asked no more.
    func endClaim() {
        claiming?.source.stop()
        claiming?.claim.close()
        claiming = nil
    }
}
