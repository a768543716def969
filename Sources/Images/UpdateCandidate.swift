// SPDX-License-Identifier: Apache-2.0

internal import Cgroups
internal import Claims
internal import Engine
internal import Glibc
internal import Linux
internal import RunOptions
internal import Systemd

/// A unit whose container runs and may be updated.
struct UpdateCandidate: Sendable, Equatable {
    let unit: Unit
    /// The container's ID.
    let container: String
    /// What the container was made from.
    let imageID: String
    /// What the unit's command line names.
    let update: AutoUpdate

    /// The image's name as typed.
    var image: String { update.image }

    /// Whether the other one is of the same unit and for the same image, whichever container it has by now.
    func isSame(as other: UpdateCandidate) -> Bool { unit == other.unit && update == other.update }
}
