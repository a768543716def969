// SPDX-License-Identifier: Apache-2.0

internal import Engine

extension Draft {
    /// How the Engine finds out whether the container is well.
    static let health: [Option<Draft>] = [
        .value("health-cmd", \.healthCommand, "Command to run to check health"),
        .value("health-interval", \Span.optional, \.health.interval, "Time between running the check"),
        .value("health-retries", \.health.retries, "Consecutive failures needed to report unhealthy"),
        .value(
            "health-start-interval", since: APIVersion("1.44"), \Span.optional, \.health.startInterval,
            "Time between running the check during the start period"),
        .value(
            "health-start-period", \Span.optional, \.health.startPeriod,
            "Start period for the container to initialize before starting health-retries countdown"),
        .value("health-timeout", \Span.optional, \.health.timeout, "Maximum time to allow one check to run"),
        .flag("no-healthcheck", \.hasNoHealthcheck, "Disable any container-specified HEALTHCHECK"),
    ]
}

extension Span {
    fileprivate var optional: Int64? { nanoseconds }
}
