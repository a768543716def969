// SPDX-License-Identifier: Apache-2.0

internal import Glibc
public import Linux

/// A unit file or a drop-in as it is written, read without the manager: so also one that is disabled, overridden by
/// another, or of a user who is not logged in.
public struct UnitFile: Sendable, Equatable {
    /// One `Key=value`.
    public struct Setting: Sendable, Equatable {
        public let key: String
        public let value: String
    }

    /// The unit that it configures: `web.service`; for a drop-in the name of its folder without `.d`, which may be
    /// `web-.service` or `service`.
    public let unit: String
    public let path: String
    public let settings: [Setting]

    /// Reads the text of a unit file (systemd.syntax(7)), whatever its sections.
    public init(unit: String, path: String, text: String) {
        self.unit = unit
        self.path = path
        var settings: [Setting] = []
        var line = ""
        for part in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let trimmed = part.drop(while: \.isWhitespace)
            // A comment between the parts of a continued line does not end it.
            if trimmed.hasPrefix("#") || trimmed.hasPrefix(";") { continue }
            if part.hasSuffix("\\") {
                line += part.dropLast() + " "
                continue
            }
            line += part
            Setting(line).map { settings.append($0) }
            line = ""
        }
        Setting(line).map { settings.append($0) }
        self.settings = settings
    }

    /// Whether the settings of another file apply to this one's unit as well: its drop-ins, those of its template or of
    /// all its instances, of its prefix (`web-.service.d`), and of its type (`service.d`).
    public func shares(_ other: UnitFile) -> Bool {
        let (mine, theirs) = (unit, other.unit)
        if mine == theirs || mine.hasSuffix(".\(theirs)") { return true }
        guard let mark = theirs.lastIndex(of: ".") else { return false }
        let stem = theirs[..<mark]
        if stem.hasSuffix("-") { return mine.hasPrefix(stem) }
        return stem.contains("@") && mine.prefix { $0 != "@" } == stem.prefix { $0 != "@" }
    }

    /// Splits a value as systemd splits a command line: at white space, but not within quotes.
    public static func words(of value: some StringProtocol) -> [String] {
        var (words, word): ([String], String?) = ([], nil)
        var quote: Character?
        var isEscaped = false
        for character in value {
            if isEscaped {
                word = (word ?? "") + "\(character)"
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if let mark = quote {
                if character == mark { quote = nil } else { word = (word ?? "") + "\(character)" }
            } else if character == "\"" || character == "'" {
                quote = character
                word = word ?? ""
            } else if character.isWhitespace {
                word.map { words.append($0) }
                word = nil
            } else {
                word = (word ?? "") + "\(character)"
            }
        }
        return words + (word.map { [$0] } ?? [])
    }
}

extension UnitFile.Setting {
    fileprivate init?(_ line: String) {
        guard let equals = line.firstIndex(of: "=") else { return nil }
        func trimmed(_ text: Substring) -> String {
            var text = text.drop(while: \.isWhitespace)
            while text.last?.isWhitespace == true { text.removeLast() }
            return String(text)
        }
        key = trimmed(line[..<equals])
        value = trimmed(line[line.index(after: equals)...])
    }
}

extension UnitFile {
    /// The services of the system and of all users, with their drop-ins, wherever a manager would find them.
    ///
    /// - Parameter report: Called for each folder or file that exists and cannot be read.
    /// - Returns: The files.
    public static func services(_ report: (SystemError) -> Void) -> [UnitFile] {
        services(in: folders, report)
    }

    static func services(in folders: [String], _ report: (SystemError) -> Void) -> [UnitFile] {
        var files: [UnitFile] = []
        func read(_ path: String, of unit: some StringProtocol) {
            do throws(SystemError) {
                files.append(UnitFile(unit: String(unit), path: path, text: try Files.text(path, onlyIfRegular: true)))
            } catch {
                // A dangling link is no unit; nor is /dev/null, which reads as empty.
                if !error.isNotFound { report(error) }
            }
        }
        func names(in folder: String) -> [String] {
            do throws(SystemError) {
                return try Files.names(in: folder)
            } catch {
                // The home of a system user is often /dev/null or the like.
                if !error.isNotFound, error.code != ENOTDIR { report(error) }
                return []
            }
        }
        for folder in folders {
            for name in names(in: folder) {
                if name.hasSuffix(".service") {
                    read("\(folder)/\(name)", of: name)
                } else if name.hasSuffix("service.d") {
                    for part in names(in: "\(folder)/\(name)") where part.hasSuffix(".conf") {
                        read("\(folder)/\(name)/\(part)", of: name.dropLast(2))
                    }
                }
            }
        }
        return files
    }

    /// Where the system's manager and the users' managers find units (systemd.unit(5), "Unit File Load Path").
    ///
    /// Not from sd_path_lookup(3): systemd 262 has other numbers for the same lists than the versions before it.
    private static var folders: [String] {
        let kinds = ["control", "attached", ""].map { $0.isEmpty ? "" : ".\($0)" }
        var folders: [String] = []
        for manager in ["system", "user"] {
            for root in ["/etc/systemd", "/run/systemd"] { folders += kinds.map { "\(root)/\(manager)\($0)" } }
            for root in ["/etc/xdg", "/usr/local/lib", "/usr/lib", "/lib", "/usr/local/share", "/usr/share"] {
                folders.append("\(root)/systemd/\(manager)")
            }
        }
        let made = ["transient", "generator", "generator.early", "generator.late"]
        folders += made.map { "/run/systemd/\($0)" }
        setpwent()
        defer { endpwent() }
        while let user = getpwent() {
            let home = String(cString: user.pointee.pw_dir)
            let run = "/run/user/\(user.pointee.pw_uid)/systemd"
            for folder in ["\(home)/.config/systemd/user", "\(home)/.local/share/systemd/user", "\(run)/user"] {
                folders += ["\(folder)", "\(folder).control"]
            }
            folders += made.map { "\(run)/\($0)" }
        }
        var known: Set<String> = []
        return folders.filter { known.insert($0).inserted }
    }
}
