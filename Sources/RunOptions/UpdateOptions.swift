// SPDX-License-Identifier: Apache-2.0

/// The command line after `update`.
public struct UpdateOptions: Sendable, Equatable {
    /// `--dry-run`: nothing is changed.
    public private(set) var isDryRun = false
    public private(set) var showsHelp = false

    /// Reads the command line.
    ///
    /// - Parameter words: Without `update` itself.
    /// - Throws: ``UsageError`` for what is not one of its options.
    public init(parsing words: [String]) throws(UsageError) {
        var parser = OptionParser(Self.table)
        let rest = try parser.parse(words, into: &self)
        if let word = rest.first, !showsHelp {
            throw UsageError("unexpected \"\(word)\": update [--dry-run]")
        }
    }

    /// Its options, a line each.
    public static var help: String { helpText(of: table) }

    static let table: [Option<UpdateOptions>] = [
        .flag("dry-run", short: "n", \.isDryRun, "Pull and restart nothing, only print what would happen"),
        .flag("help", short: "h", \.showsHelp, "Print usage"),
    ]
}
