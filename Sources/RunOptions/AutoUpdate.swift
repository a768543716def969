// SPDX-License-Identifier: Apache-2.0

/// What a command line with `--auto-update` asks for, read without carrying it out: no file that it names is opened.
public struct AutoUpdate: Sendable, Equatable {
    /// The image's name as typed.
    public let image: String
    public let reference: ImageReference
    public let platform: String?

    /// Reads the words of a process of ours.
    ///
    /// - Parameters:
    ///   - words: Those after the program's name.
    ///   - environment: The process's own: `DOCKER_DEFAULT_PLATFORM`.
    /// - Returns: `nil` where it runs no container, is not to be updated, or names its image by an ID or a digest.
    /// - Throws: ``UsageError`` for words that are not a command line of ours, or of another release.
    public init?(commandLine words: [String], environment: [String: String]) throws(UsageError) {
        let wrapper = try WrapperOptions(parsing: words)
        guard wrapper.command == "run", wrapper.updates else { return nil }
        var draft = Draft(environment: [:], folder: "/", configuration: ClientConfiguration())
        var parser = OptionParser(Draft.table.map { $0.names[0] == "platform" ? $0 : $0.muted })
        guard let word = try parser.parse(wrapper.rest, into: &draft).first, let reference = ImageReference(word),
            !reference.hasDigest
        else { return nil }
        image = word
        self.reference = reference
        if let given = draft.platform {
            platform = given.text
        } else {
            let text = environment["DOCKER_DEFAULT_PLATFORM"] ?? ""
            do throws(InvalidValue) {
                platform = try Platform(option: text).text
            } catch {
                throw UsageError(value: text, of: "DOCKER_DEFAULT_PLATFORM", error)
            }
        }
    }
}
