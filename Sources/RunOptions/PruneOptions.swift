// SPDX-License-Identifier: Apache-2.0

/// The command line after `prune`.
public struct PruneOptions: Sendable, Equatable {
    /// `--all-unused`: images with a name are removed, too.
    public private(set) var takesNamed = false
    /// `--older-than`: images that were created, pulled or tagged more recently are kept.
    public private(set) var age = Duration.zero
    /// `--dry-run`: nothing is changed.
    public private(set) var isDryRun = false
    public private(set) var showsHelp = false

    /// Reads the command line.
    ///
    /// - Parameter words: Without `prune` itself.
    /// - Throws: ``UsageError`` for what is not one of its options.
    public init(parsing words: [String]) throws(UsageError) {
        var parser = OptionParser(Self.table)
        let rest = try parser.parse(words, into: &self)
        if let word = rest.first, !showsHelp {
            throw UsageError("unexpected \"\(word)\": prune [--all-unused] [--older-than TIME] [--dry-run]")
        }
    }

    /// Its options, a line each.
    public static var help: String { helpText(of: table) }

    static let table: [Option<PruneOptions>] = [
        .flag(
            "all-unused", short: "a", \.takesNamed,
            "Also remove named images that no container uses and no unit file names"),
        .value(
            "older-than", \Age.duration, \.age,
            "Only images not created, pulled or tagged within this time, such as 30d or 12h"),
        .flag("dry-run", short: "n", \.isDryRun, "Remove nothing, only print what would be removed"),
        .flag("help", short: "h", \.showsHelp, "Print usage"),
    ]
}
