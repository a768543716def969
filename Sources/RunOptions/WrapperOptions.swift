// SPDX-License-Identifier: Apache-2.0

/// systemd-docker's own options, which stand before the command.
///
/// Each name takes one dash or two, and a value as its next word or after a =, as in docker's flag library of 2014.
public struct WrapperOptions: Sendable, Equatable {
    /// `--cgroups`: the controllers in whose hierarchies the container joins the unit's cgroup; `all` for all of them.
    public private(set) var cgroups: [String] = []
    /// `--env`: the container gets the unit's environment.
    public private(set) var passesEnvironment = false
    /// `--logs`: the container's output goes to our stdout and stderr.
    public private(set) var logs = true
    /// `--ready` or `--notify`: what makes the container count as ready.
    public var readyCondition: ReadyCondition { notify ? .notify : givenReadyCondition ?? .started }
    private var notify = false
    private var givenReadyCondition: ReadyCondition?
    /// `--on-unhealthy`.
    public private(set) var onUnhealthy = UnhealthyAction.none
    /// `--reload-command`: the words of a command that runs in the container instead of SIGHUP; empty without one.
    public private(set) var reloadCommand: [String] = []
    /// `--pid-file`: where the container's PID is written.
    public private(set) var pidFile: String?
    /// `--placement`.
    public private(set) var placement = Placement.auto
    /// `--engine-timeout`: how long a start waits for a Docker that does not answer.
    public private(set) var engineTimeout = Duration.seconds(120)
    /// `--load`: a tarball with the image.
    public private(set) var tarball: String?
    /// `--pull-timeout`: how long a pull may make no progress; zero has no limit.
    public private(set) var pullTimeout = Duration.seconds(60)
    /// `--auto-update`: `update` may restart the unit on a newer image.
    public private(set) var updates = false
    public private(set) var showsHelp = false
    public private(set) var showsVersion = false
    /// One of ``commands``; empty where only help or the version is wanted.
    public private(set) var command = ""
    /// The words after the command.
    public private(set) var rest: [String] = []

    /// All commands; the last two print bash's completion script and the manual page.
    public static let commands = ["run", "pull", "update", "prune", "setup", "clean-up", "completion", "manual"]

    /// Whether something depends on the container's HEALTHCHECK, so that it must have one.
    public var needsHealthcheck: Bool { readyCondition == .healthy || onUnhealthy != .none }

    /// Reads the words after the program's name, up to the command.
    ///
    /// - Parameter arguments: All of them.
    /// - Throws: ``UsageError`` for unknown options and commands, and for options that contradict each other.
    public init(parsing arguments: [String]) throws(UsageError) {
        try self.init(parsing: arguments, table: Self.table)
    }

    init(parsing arguments: [String], table: [Option<WrapperOptions>]) throws(UsageError) {
        var parser = OptionParser(table, grammar: .singleDash)
        var words = try parser.parse(arguments, into: &self)[...]
        if notify, let given = givenReadyCondition, given != .notify {
            throw UsageError("--notify and --ready \(given) contradict each other")
        }
        guard let command = words.popFirst() else {
            if showsHelp || showsVersion { return }
            throw UsageError("no command: systemd-docker [OPTIONS] run [OPTIONS] IMAGE [COMMAND] [ARG...]")
        }
        guard Self.commands.contains(command) else {
            throw UsageError("unknown command \"\(command)\": not one of \(Self.commands.joined(separator: ", "))")
        }
        self.command = command
        rest = Array(words)
    }

    /// Our own options, a line each.
    public static var help: String { helpText(of: table) }

    static let table: [Option<WrapperOptions>] = [
        .list("cgroups", short: "c", \.cgroups, "Move the container into the unit's cgroup of this controller, or all"),
        .flag("env", short: "e", \.passesEnvironment, "Pass the unit's environment to the container"),
        .flag("logs", short: "l", \.logs, "Send the container's output to the journal (default true)"),
        .flag(
            "notify", short: "n", \.notify, "The container notifies systemd itself when it is ready (--ready notify)"),
        .value("ready", \.givenReadyCondition, "When the unit is ready: started (default), notify, healthy"),
        .value("on-unhealthy", \.onUnhealthy, "What to do with an unhealthy container: none (default), stop, kill"),
        .value(
            "reload-command", \CommandWords.words, \.reloadCommand,
            "Command to run in the container on SIGHUP, instead of forwarding the signal"),
        .value("pid-file", short: "p", \.pidFile, "Write the container's PID to this file"),
        .value("placement", \.placement, "How the container gets into the unit: auto, native, parent, migrate, none"),
        .value(
            "engine-timeout", \Timeout.duration, \.engineTimeout,
            "How long a start waits for a Docker that does not answer; 0 does not wait (default 2m)"),
        .value("load", \.tarball, "Load the image from this tarball, unless it was loaded before"),
        .value(
            "pull-timeout", \Timeout.duration, \.pullTimeout,
            "Restart a pull without progress for this long; 0 never does (default 1m)"),
        .flag("auto-update", \.updates, "Let systemd-docker update restart the unit when there is a newer image"),
        .flag("help", short: "h", \.showsHelp, "Print usage"),
        .flag("version", \.showsVersion, "Print the version"),
    ]
}
