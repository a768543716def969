// SPDX-License-Identifier: Apache-2.0

/// The image in a command line of ours, found without carrying the command line out.
public enum ImageWord {
    /// Finds the image's place.
    ///
    /// Values are not read: a unit file may have variables and specifiers in them, which only the unit's start replaces.
    ///
    /// - Parameter words: Those after the program's name.
    /// - Returns: Which of them is the image; `nil` where the command has none.
    /// - Throws: ``UsageError`` for a command line that we do not know.
    public static func place(in words: [String]) throws(UsageError) -> Int? {
        let wrapper = try WrapperOptions(parsing: words, table: WrapperOptions.table.map(\.muted))
        guard ["run", "pull"].contains(wrapper.command) else { return nil }
        var builder = CreateRequestBuilder.withoutSurroundings
        var parser = OptionParser(RunTable.all.map(\.muted))
        let rest = try parser.parse(wrapper.rest, into: &builder)
        return rest.isEmpty ? nil : words.count - rest.count
    }
}
