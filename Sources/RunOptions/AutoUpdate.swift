// SPDX-License-Identifier: Apache-2.0

/// A command line with `--auto-update`, read without carrying it out: no file that it names is opened.
public struct AutoUpdate: Sendable, Equatable {
    /// The image's name as typed.
    public let image: String
    public let reference: ImageReference
    public let platform: String?

    /// Reads the command line of another process of systemd-docker.
    ///
    /// `nil` where it runs no container, is not to be updated, or names its image by an ID or a digest.
    ///
    /// - Parameters:
    ///   - words: Those after the program's name.
    ///   - environment: That process's: `DOCKER_DEFAULT_PLATFORM`.
    /// - Throws: ``UsageError`` for a command line that we do not know, of another release perhaps.
    public init?(commandLine words: [String], environment: [String: String]) throws(UsageError) {
        let wrapper = try WrapperOptions(parsing: words)
        guard wrapper.command == "run", wrapper.updates else { return nil }
        var builder = CreateRequestBuilder.withoutSurroundings
        var parser = OptionParser(RunTable.all.map { $0.names[0] == "platform" ? $0 : $0.muted })
        guard let word = try parser.parse(wrapper.rest, into: &builder).first, let reference = ImageReference(word),
            !reference.hasDigest
        else { return nil }
        image = word
        self.reference = reference
        platform = try Platform(given: builder.platform, environment: environment).text
    }
}
