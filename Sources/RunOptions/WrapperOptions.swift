// SPDX-License-Identifier: Apache-2.0

/// systemd-docker's own options, which stand before the command.
///
/// Each name takes one dash or two and a value as its next word or behind a =, as Docker's flag library of 2014 did.
public struct WrapperOptions: Sendable, Equatable {
    /// Which of the unit's cgroups the container is to be in, where the host has several hierarchies.
    public private(set) var cgroups: [String] = []
    /// Hands the unit's environment to the container.
    public private(set) var passesEnvironment = false
    /// Brings the container's output to ours.
    public private(set) var logs = true
    /// What makes the container count as ready.
    public var readyCondition: ReadyCondition { notify ? .notify : givenReadyCondition ?? .started }
    private var notify = false
    private var givenReadyCondition: ReadyCondition?
    /// What is done about a container that turns unhealthy.
    public private(set) var onUnhealthy = UnhealthyAction.none
    /// The words of a command in the container that takes the place of SIGHUP; empty where there is none.
    public private(set) var reloadCommand: [String] = []
    /// Where the container's PID is to be written.
    public private(set) var pidFile: String?
    /// How the container comes under the unit.
    public private(set) var placement = Placement.auto
    /// Microseconds that a start waits for an Engine that is away; 0 does not wait.
    public private(set) var engineTimeout: UInt64 = 120_000_000
    /// A tarball that holds the image.
    public private(set) var tarball: String?
    /// Microseconds that a pull may bring nothing; 0 waits for ever.
    public private(set) var pullTimeout: UInt64 = 60_000_000
    /// `update` may restart the unit on a newer image.
    public private(set) var updates = false
    public private(set) var showsHelp = false
    public private(set) var showsVersion = false
    /// One of ``commands``; empty where help or the version is asked for without one.
    public private(set) var command = ""
    /// The words behind the command.
    public private(set) var rest: [String] = []

    /// What we can do; the last two print a shell's completion script and the manual page.
    public static let commands = ["run", "pull", "update", "prune", "setup", "clean-up", "completion", "manual"]

    /// What makes a container count as ready: it runs, it says so itself, or its HEALTHCHECK succeeds.
    public enum ReadyCondition: String, Sendable, CaseIterable { case started, notify, healthy }

    /// What is done about a container that turns unhealthy.
    public enum UnhealthyAction: String, Sendable, CaseIterable { case none, stop, kill }

    /// Whether anything depends on the container's HEALTHCHECK, so that it must have one.
    public var needsHealthcheck: Bool { readyCondition == .healthy || onUnhealthy != .none }

    /// How the container comes under the unit.
    public enum Placement: String, Sendable, CaseIterable {
        /// The first that the host allows.
        case auto
        /// Our own runtime makes it below the unit's cgroup.
        case native
        /// The Engine makes it below the unit's cgroup.
        case parent
        /// Its processes are moved into the unit's cgroup.
        case migrate
        /// It stays where the Engine puts it.
        case none
    }

    /// All cgroups were asked for: `all`, or `name=all` as old unit files have it.
    public var wantsAllCgroups: Bool { cgroups.contains { $0 == "all" || $0 == "name=all" } }

    /// Reads the words behind the program's name, up to the command.
    public init(parsing arguments: [String]) throws(UsageError) {
        try self.init(parsing: arguments, table: Self.table)
    }

    init(parsing arguments: [String], table: [Option<WrapperOptions>]) throws(UsageError) {
        var words = arguments[...]
        var parser = OptionParser(table)
        while let word = words.first, word.hasPrefix("-"), word != "-" {
            words.removeFirst()
            if word == "--" { break }
            let (name, attached) = word.dropFirst(word.hasPrefix("--") ? 2 : 1).cut(at: "=")
            guard !name.isEmpty, !name.hasPrefix("-") else { throw UsageError("bad option syntax: \(word)") }
            guard
                let option = table.first(where: {
                    $0.names.contains(String(name)) || $0.short.map { "\($0)" } == name
                })
            else { throw UsageError("unknown option \(word.cut(at: "=").0)") }
            var value = attached.map { Self.unquoted($0) }
            if value == nil { value = option.kind == nil ? "true" : words.popFirst() }
            guard let value else { throw UsageError("\(option.name) needs a value") }
            try parser.set(option, value, &self)
        }
        if notify, let given = givenReadyCondition, given != .notify {
            throw UsageError("--notify and --ready \(given) contradict each other")
        }
        guard let command = words.popFirst() else {
            if showsHelp || showsVersion { return }
            throw UsageError("no command: systemd-docker [OPTIONS] run [OPTIONS] IMAGE [COMMAND] [ARG...]")
        }
        guard Self.commands.contains(command) else {
            throw UsageError(
                "unknown command \"\(command)\": there are \(Self.commands.joined(separator: ", "))")
        }
        self.command = command
        rest = Array(words)
    }

    /// Our own options, a line each.
    public static var help: String { RunOptions.help(of: table) }

    /// One pair of quotes around a value goes: systemd keeps them where they stand behind a =.
    private static func unquoted(_ text: Substring) -> String {
        guard text.count > 1, let mark = text.first, mark == "\"" || mark == "'", text.last == mark else {
            return String(text)
        }
        return String(text.dropFirst().dropLast())
    }

    static let table: [Option<WrapperOptions>] = [
        .list("cgroups", short: "c", \.cgroups, "Move the container into the unit's cgroup of this controller, or all"),
        .flag("env", short: "e", \.passesEnvironment, "Hand the unit's environment to the container"),
        .flag("logs", short: "l", \.logs, "Bring the container's output to the journal (default true)"),
        .flag("notify", short: "n", \.notify, "The container itself tells systemd that it is ready (--ready notify)"),
        .value("ready", \.givenReadyCondition, "What makes it ready: started (default), notify, healthy"),
        .value("on-unhealthy", \.onUnhealthy, "What is done when it turns unhealthy: none (default), stop, kill"),
        .value(
            "reload-command", \CommandWords.words, \.reloadCommand,
            "Command to run in the container on SIGHUP, instead of passing it on"),
        .value("pid-file", short: "p", \.pidFile, "Write the container's PID to this file"),
        .value("placement", \.placement, "How the container comes under the unit: auto, native, parent, migrate, none"),
        .value(
            "engine-timeout", \Patience.microseconds, \.engineTimeout,
            "How long a start waits for a Docker that is away; 0 does not (default 2m)"),
        .value("load", \.tarball, "Load the image from this tarball, unless that was done before"),
        .value(
            "pull-timeout", \Patience.microseconds, \.pullTimeout,
            "Begin a pull again that has brought nothing for this long; 0 waits for ever (default 1m)"),
        .flag("auto-update", \.updates, "Have systemd-docker update restart the unit when there is a newer image"),
        .flag("help", short: "h", \.showsHelp, "Print usage"),
        .flag("version", \.showsVersion, "Print the version"),
    ]
}

extension WrapperOptions.ReadyCondition: OptionValue {
    static var kind: String { "string" }

    init(option text: String) throws(InvalidValue) { self = try oneOf(Self.allCases, text) }
}

extension WrapperOptions.UnhealthyAction: OptionValue {
    static var kind: String { "string" }

    init(option text: String) throws(InvalidValue) { self = try oneOf(Self.allCases, text) }
}

extension WrapperOptions.Placement: OptionValue {
    static var kind: String { "string" }

    init(option text: String) throws(InvalidValue) { self = try oneOf(Self.allCases, text) }
}

/// The value of this name.
private func oneOf<Value: RawRepresentable<String>>(_ values: [Value], _ text: String) throws(InvalidValue) -> Value {
    guard let value = values.first(where: { $0.rawValue == text }) else {
        throw InvalidValue("none of \(values.map(\.rawValue).joined(separator: ", "))")
    }
    return value
}
