// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Linux
internal import RunOptions
internal import Systemd

/// The images that unit files name, whether the units run or not: rather one too many than one too few.
struct UnitImages: Sendable, Equatable {
    /// What a unit needs for its start and only then can be known: a name with a `*` for each unknown part of it.
    struct Pattern: Sendable, Hashable {
        let text: String
        let unit: String

        /// It says nothing at all of the image.
        var fitsEverything: Bool { text.allSatisfy { $0 == "*" } }

        /// Whether an image of this name may be meant.
        ///
        /// The registry and the version do not count: they may be written in several ways.
        func fits(_ name: String) -> Bool {
            let (mine, theirs) = (Self.lastPart(text), Self.lastPart(name))
            return fnmatch(text, name, 0) == 0 || fnmatch(String(mine), String(theirs), 0) == 0
                || fnmatch(text, String(ImageReference.repository(of: name)), 0) == 0
        }

        /// The last part of an image's path.
        private static func lastPart(_ name: String) -> Substring {
            let repository = ImageReference.repository(of: name)
            return repository.lastIndex(of: "/").map { repository[$0...].dropFirst() } ?? repository
        }
    }

    /// More variables before the image, and it may be any.
    private static let mostVariables = 4

    /// Each word that may be the name of an image; the Engine knows which are.
    private(set) var words: Set<String> = []
    /// Each of them that stands where our own command line has the image.
    private(set) var images: Set<String> = []
    private(set) var patterns: Set<Pattern> = []

    /// Reads the lines that start programs, as far as they are about docker.
    init(of files: [UnitFile]) {
        for file in files {
            let lines = file.settings.filter { $0.key.hasPrefix("Exec") && $0.value.lowercased().contains("docker") }
            guard !lines.isEmpty else { continue }
            let variables = UnitVariables(of: files.filter(file.shares))
            for value in variables.texts { note(value) }
            for line in lines {
                note(line.value)
                take(UnitFile.words(of: line.value), variables, of: file.unit)
            }
        }
    }

    /// Every word of a text, however it is quoted, that has the form of a name.
    private mutating func note(_ text: String) {
        let words = text.split { $0.isWhitespace || "\"'`=;,()|&".contains($0) }
        for word in words where ImageReference.isPlausible(String(word)) { self.words.insert(String(word)) }
    }

    /// Looks for command lines of ours among the words, and in what a shell is told.
    private mutating func take(_ words: [String], _ variables: UnitVariables, of unit: String) {
        for (place, word) in words.enumerated() {
            if word.contains(where: \.isWhitespace) {
                take(UnitFile.words(of: word.replacing("$$", with: "$")), variables, of: unit)
            }
            guard word.split(separator: "/").last?.drop(while: { "@-:+!|".contains($0) }) == "systemd-docker" else {
                continue
            }
            // Behind a @ stands what the program is to be called (systemd.service(5)).
            let isRenamed = word.prefix { "@-:+!|".contains($0) }.contains("@")
            take(commandLine: Array(words[(place + 1)...].dropFirst(isRenamed ? 1 : 0)), variables, of: unit)
        }
    }

    private mutating func take(commandLine words: [String], _ variables: UnitVariables, of unit: String, depth: Int = 0)
    {
        let place: Int?
        do throws(UsageError) {
            place = try ImageWord.place(in: words)
        } catch {
            // It would not start; but who knows which version of ours it was written for.
            patterns.insert(Pattern(text: "*", unit: unit))
            return
        }
        guard let place else { return }
        let word = words[place]
        guard word.contains(where: { "$%".contains($0) }) else {
            images.insert(word)
            return
        }
        for value in variables.expansions(of: word) {
            guard !value.contains("*"), depth < Self.mostVariables else {
                patterns.insert(Pattern(text: value.contains("*") ? value : "*", unit: unit))
                continue
            }
            // What stood there may have been an option: then the image comes behind it. Without braces a variable is
            // as many words as its value has (systemd.service(5), "Command lines").
            let isSplit = word.hasPrefix("$") && !word.hasPrefix("${")
            let parts = isSplit ? UnitFile.words(of: value) : [value]
            take(
                commandLine: words[..<place] + parts + words[(place + 1)...], variables, of: unit, depth: depth + 1)
        }
    }
}
