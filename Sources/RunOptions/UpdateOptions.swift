// SPDX-License-Identifier: Apache-2.0

/// What stands behind `update`.
public struct UpdateOptions: Sendable, Equatable {
    /// Changes nothing.
    public private(set) var isDry = false
    public private(set) var showsHelp = false

    /// Reads the words behind `update`.
    public init(parsing words: [String]) throws(UsageError) {
        var parser = OptionParser(Self.table)
        let rest = try parser.parse(words, into: &self)
        if let word = rest.first, !showsHelp {
            throw UsageError("update takes no \"\(word)\": update [--dry-run]")
        }
    }

    /// Its options, a line each.
    public static var help: String { RunOptions.help(of: table) }

    static let table: [Option<UpdateOptions>] = [
        .flag("dry-run", short: "n", \.isDry, "Pull nothing and restart nothing: say what would happen"),
        .flag("help", short: "h", \.showsHelp, "Print usage"),
    ]
}
