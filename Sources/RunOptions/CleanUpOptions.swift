// SPDX-License-Identifier: Apache-2.0

/// The command line after `clean-up`: `[CONTAINER]`, and the options with which a run starts its own helper.
public struct CleanUpOptions: Sendable, Equatable {
    /// A container's name or ID; `nil` for the unit's.
    public private(set) var container: String?
    /// `--run`: the mark of the run whose container is to be removed.
    public private(set) var run: String?
    /// `--standby`: report readiness, and wait for the end of standard input.
    public private(set) var isOnStandby = false
    public private(set) var showsHelp = false

    /// Reads the command line; options may follow the container.
    ///
    /// - Parameter words: Without `clean-up` itself.
    /// - Throws: ``UsageError`` for unknown options, and for a second container.
    public init(parsing words: [String]) throws(UsageError) {
        var parser = OptionParser(Self.table)
        var rest = try parser.parse(words, into: &self)
        while !rest.isEmpty {
            guard container == nil else { throw UsageError("clean-up: one container at a time") }
            container = rest.removeFirst()
            rest = try parser.parse(rest, into: &self)
        }
    }

    /// Not part of the help: apart from a container's name, the command is for the program itself.
    static let table: [Option<CleanUpOptions>] = [
        .value("run", \.run, ""),
        .flag("standby", \.isOnStandby, ""),
        .flag("help", short: "h", \.showsHelp, ""),
    ]
}
