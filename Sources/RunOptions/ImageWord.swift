// SPDX-License-Identifier: Apache-2.0

/// What can be said of a command line of ours without carrying it out.
public enum ImageWord {
    /// Which of the words behind the program's name is the image; values are not looked at, so they may hold what only
    /// the unit's start knows.
    ///
    /// - Returns: `nil` where the command has no image.
    public static func place(in words: [String]) throws(UsageError) -> Int? {
        let wrapper = try WrapperOptions(parsing: words, table: WrapperOptions.table.map(\.muted))
        guard ["run", "pull"].contains(wrapper.command) else { return nil }
        var draft = Draft(environment: [:], folder: "/", configuration: ClientConfiguration())
        var parser = OptionParser(Draft.table.map(\.muted))
        let rest = try parser.parse(wrapper.rest, into: &draft)
        return rest.isEmpty ? nil : words.count - rest.count
    }

    /// Whether a text has the form of an image's name or ID.
    public static func isPlausible(_ text: String) -> Bool { ImageReference.fault(in: text) == nil }
}
