// SPDX-License-Identifier: Apache-2.0

internal import Engine

/// What there is to begin with.
enum Found {
    /// Nothing of this name, or nothing any more.
    case nothing
    /// A container that runs, and whose supervisor, if it had one, is dead: it is taken over.
    case running(Container)
    /// A container that does not run, and is to be kept: it is started again.
    case stopped(Container)
}
