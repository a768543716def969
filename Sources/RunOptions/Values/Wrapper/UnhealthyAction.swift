// SPDX-License-Identifier: Apache-2.0

extension WrapperOptions {
    /// What happens to a container that becomes unhealthy.
    public enum UnhealthyAction: String, Sendable, CaseIterable { case none, stop, kill }
}

extension WrapperOptions.UnhealthyAction: OptionValue {}
