// SPDX-License-Identifier: Apache-2.0

extension WrapperOptions {
    /// What makes a container count as ready: it runs, it says so itself, or its HEALTHCHECK succeeds.
    public enum ReadyCondition: String, Sendable, CaseIterable { case started, notify, healthy }
}

extension WrapperOptions.ReadyCondition: OptionValue {}
