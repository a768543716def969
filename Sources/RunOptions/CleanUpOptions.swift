// SPDX-License-Identifier: Apache-2.0

/// What stands behind `clean-up`: `[CONTAINER]`, and `--run` by which a run that was killed names itself.
public struct CleanUpOptions: Sendable, Equatable {
    /// A container's name or ID; `nil` is the unit's.
    public private(set) var container: String?
    /// The mark of a run.
    public private(set) var run: String?
    /// It is to say that it is there, and to wait until its stdin ends.
    public private(set) var isOnStandby = false
    public private(set) var showsHelp = false

    /// Reads the words behind the command.
    ///
    /// - Parameter words: Without `clean-up` itself.
    /// - Throws: ``UsageError`` where they are none of this command's.
    public init(parsing words: [String]) throws(UsageError) {
        var rest = words[...]
        while let word = rest.popFirst() {
            switch word {
            case "--help", "-h": showsHelp = true
            case "--standby": isOnStandby = true
            case "--run":
                guard let mark = rest.popFirst() else { throw UsageError("--run needs a value") }
                run = mark
            case _ where word.hasPrefix("-"): throw UsageError("unknown option \(word)")
            case _ where container == nil: container = word
            default: throw UsageError("clean-up: one container at a time")
            }
        }
    }
}
