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
    /// Leaves READY=1 to the container.
    public private(set) var notify = false
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
    public private(set) var showsHelp = false
    public private(set) var showsVersion = false
    /// One of ``commands``; empty where help or the version is asked for without one.
    public private(set) var command = ""
    /// The words behind the command.
    public private(set) var rest: [String] = []

    /// What we can do; the last two print a shell's completion script and the manual page.
    public static let commands = ["run", "pull", "setup", "completion", "manual"]

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
        var words = arguments[...]
        var parser = OptionParser(Self.table)
        while let word = words.first, word.hasPrefix("-"), word != "-" {
            words.removeFirst()
            if word == "--" { break }
            let (name, attached) = word.dropFirst(word.hasPrefix("--") ? 2 : 1).cut(at: "=")
            guard !name.isEmpty, !name.hasPrefix("-") else { throw UsageError("bad option syntax: \(word)") }
            guard
                let option = Self.table.first(where: {
                    $0.names.contains(String(name)) || $0.short.map { "\($0)" } == name
                })
            else { throw UsageError("unknown option \(word.cut(at: "=").0)") }
            var value = attached.map { Self.unquoted($0) }
            if value == nil { value = option.kind == nil ? "true" : words.popFirst() }
            guard let value else { throw UsageError("\(option.name) needs a value") }
            try parser.set(option, value, &self)
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
        .flag("notify", short: "n", \.notify, "The container itself tells systemd that it is ready"),
        .value("pid-file", short: "p", \.pidFile, "Write the container's PID to this file"),
        .value("placement", \.placement, "How the container comes under the unit: auto, native, parent, migrate, none"),
        .value(
            "engine-timeout", \Patience.microseconds, \.engineTimeout,
            "How long a start waits for a Docker that is away; 0 does not (default 2m)"),
        .value("load", \.tarball, "Load the image from this tarball, unless that was done before"),
        .value(
            "pull-timeout", \Patience.microseconds, \.pullTimeout,
            "Begin a pull again that has brought nothing for this long; 0 waits for ever (default 1m)"),
        .flag("help", short: "h", \.showsHelp, "Print usage"),
        .flag("version", \.showsVersion, "Print the version"),
    ]
}

extension WrapperOptions.Placement: OptionValue {
    static var kind: String { "string" }

    init(option text: String) throws(InvalidValue) {
        guard let placement = Self(rawValue: text) else {
            throw InvalidValue("none of \(Self.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self = placement
    }
}
