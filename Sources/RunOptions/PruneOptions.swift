// SPDX-License-Identifier: Apache-2.0

/// What stands behind `prune`.
public struct PruneOptions: Sendable, Equatable {
    /// Also images that have a name.
    public private(set) var takesNamed = false
    /// Seconds that an image must not have been made, pulled or tagged in.
    public private(set) var age: Int64 = 0
    /// Changes nothing.
    public private(set) var isDry = false
    public private(set) var showsHelp = false

    /// Reads the words behind `prune`.
    public init(parsing words: [String]) throws(UsageError) {
        var parser = OptionParser(Self.table)
        let rest = try parser.parse(words, into: &self)
        if let word = rest.first, !showsHelp {
            throw UsageError("prune takes no \"\(word)\": prune [--all-unused] [--older-than TIME] [--dry-run]")
        }
    }

    /// Its options, a line each.
    public static var help: String { RunOptions.help(of: table) }

    static let table: [Option<PruneOptions>] = [
        .flag(
            "all-unused", short: "a", \.takesNamed,
            "Remove images with a name, too, that no container uses and no unit file names"),
        .value(
            "older-than", \Age.seconds, \.age,
            "Only images that were neither made nor pulled nor tagged for so long, as 30d or 12h"),
        .flag("dry-run", short: "n", \.isDry, "Remove nothing: say what would go"),
        .flag("help", short: "h", \.showsHelp, "Print usage"),
    ]
}

/// A time in days (`30d`), or as Go writes it (`12h`), or both (`1d12h`).
struct Age: OptionValue {
    static let kind = "duration"

    let seconds: Int64

    init(option text: String) throws(InvalidValue) {
        let (days, rest) = text.cut(at: "d")
        guard let rest else {
            seconds = try Self.seconds(text)
            return
        }
        guard !days.isEmpty, days.allSatisfy(\.isDigit), let count = Int64(days) else {
            throw InvalidValue("not a time such as 30d or 12h")
        }
        guard count <= 36500 else { throw InvalidValue("more than a hundred years") }
        seconds = count * 86400 + (rest.isEmpty ? 0 : try Self.seconds(String(rest)))
    }

    private static func seconds(_ text: String) throws(InvalidValue) -> Int64 {
        let nanoseconds = try Span(option: text).nanoseconds
        guard nanoseconds >= 0 else { throw InvalidValue("negative") }
        return nanoseconds / 1_000_000_000
    }
}
