// SPDX-License-Identifier: Apache-2.0

/// The command line after `setup`.
public struct SetupOptions: Sendable, Equatable {
    /// `--check`: nothing is changed.
    public private(set) var checks = false
    /// `--undo`: the runtime is removed from Docker's configuration.
    public private(set) var undoes = false
    public private(set) var showsHelp = false

    /// Reads the command line.
    ///
    /// - Parameter words: Without `setup` itself.
    /// - Throws: ``UsageError`` for what is not one of its options.
    public init(parsing words: [String]) throws(UsageError) {
        var parser = OptionParser(Self.table)
        let rest = try parser.parse(words, into: &self)
        if showsHelp { return }
        if let word = rest.first { throw UsageError("unexpected \"\(word)\": setup [--check|--undo]") }
        if checks, undoes { throw UsageError("--check and --undo contradict each other: setup [--check|--undo]") }
    }

    /// Its options, a line each.
    public static var help: String { helpText(of: table) }

    static let table: [Option<SetupOptions>] = [
        .flag("check", \.checks, "Change nothing: print the state, and exit with 1 where something is missing"),
        .flag("undo", \.undoes, "Remove the runtime from Docker's configuration"),
        .flag("help", short: "h", \.showsHelp, "Print usage"),
    ]
}
