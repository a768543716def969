// SPDX-License-Identifier: Apache-2.0

extension WrapperOptions {
    /// How the container gets into the unit.
    public enum Placement: String, Sendable, CaseIterable {
        /// The first of the others that the host allows.
        case auto
        /// Our runtime creates it below the unit's cgroup.
        case native
        /// The Engine creates it below the unit's cgroup.
        case parent
        /// Its processes are moved into the unit's cgroup.
        case migrate
        /// It stays where the Engine puts it.
        case none
    }
}

extension WrapperOptions.Placement: OptionValue {}
