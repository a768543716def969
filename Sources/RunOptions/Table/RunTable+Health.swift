// SPDX-License-Identifier: Apache-2.0

internal import Engine

extension RunTable {
    /// The health check.
    static let health: [Option<CreateRequestBuilder>] = [
        .value("health-cmd", \.healthCommand, "Command to run to check health"),
        .value("health-interval", \GoDuration.optional, \.health.interval, "Time between running the check"),
        .value("health-retries", \.health.retries, "Consecutive failures needed to report unhealthy"),
        .value(
            "health-start-interval", since: APIVersion("1.44"), \GoDuration.optional, \.health.startInterval,
            "Time between running the check during the start period"),
        .value(
            "health-start-period", \GoDuration.optional, \.health.startPeriod,
            "Start period for the container to initialize before starting health-retries countdown"),
        .value("health-timeout", \GoDuration.optional, \.health.timeout, "Maximum time to allow one check to run"),
        .flag("no-healthcheck", \.hasNoHealthcheck, "Disable any container-specified HEALTHCHECK"),
    ]
}

extension GoDuration {
    fileprivate var optional: Int64? { nanoseconds }
}
