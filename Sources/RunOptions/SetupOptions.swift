// SPDX-License-Identifier: Apache-2.0

/// What stands behind `setup`.
public struct SetupOptions: Sendable, Equatable {
    /// Changes nothing.
    public private(set) var checks = false
    /// Takes the runtime out again.
    public private(set) var undoes = false
    public private(set) var showsHelp = false

    /// Reads the words behind `setup`.
    public init(parsing words: [String]) throws(UsageError) {
        var parser = OptionParser(Self.table)
        let rest = try parser.parse(words, into: &self)
        if showsHelp { return }
        if let word = rest.first { throw UsageError("setup takes no \"\(word)\": setup [--check|--undo]") }
        if checks, undoes { throw UsageError("setup either checks or undoes: setup [--check|--undo]") }
    }

    /// Its options, a line each.
    public static var help: String { RunOptions.help(of: table) }

    static let table: [Option<SetupOptions>] = [
        .flag("check", \.checks, "Change nothing: say what is in order, and exit with 1 where something is not"),
        .flag("undo", \.undoes, "Take the runtime out of Docker's configuration again"),
        .flag("help", short: "h", \.showsHelp, "Print usage"),
    ]
}
