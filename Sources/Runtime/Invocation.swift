// SPDX-License-Identifier: Apache-2.0

/// What a call in runc's command line asks for, as far as it concerns us: `[GLOBAL OPTIONS] COMMAND [OPTIONS] [ID]`.
struct Invocation: Equatable {
    /// `create`, `start`, `state` …; `nil` for `--version` and the like.
    private(set) var command: String?
    /// The last word, which is the container's ID in every call that has one.
    private(set) var container: String?
    /// The folder of config.json, which `create` names; other calls are made in it.
    private(set) var bundle = "."
    /// Where errors are logged, in addition to stderr.
    private(set) var log: String?
    /// Whether errors are logged as JSON, as runc does with `--log-format json`.
    private(set) var logsJSON = false
    /// The places of `--systemd-cgroup` among the words.
    private(set) var systemdCgroup: [Int] = []

    /// The global options of runc and crun that have a value in the next word; all others have none, or have it after a
    /// `=`.
    private static let valued: Set = [
        "root", "log", "log-format", "log-level", "criu", "rootless", "cgroup-manager", "config",
    ]

    /// Reads a command line.
    ///
    /// - Parameter words: The arguments, without the program's name.
    init(_ words: [String]) {
        var index = 0
        while index < words.count {
            let word = words[index]
            index += 1
            guard let option = Option(word) else {
                command = word
                break
            }
            var value = option.value
            if value == nil, Self.valued.contains(option.name), index < words.count {
                value = words[index]
                index += 1
            }
            switch option.name {
            case "log": log = value
            case "log-format": logsJSON = value == "json"
            case "systemd-cgroup": systemdCgroup.append(index - 1)
            default: break
            }
        }
        guard index < words.count else { return }
        container = words.last
        for (word, next) in zip(words[index...], words[(index + 1)...] + [""]) {
            guard let option = Option(word), option.name == "bundle" || option.name == "b" else { continue }
            bundle = option.value ?? next
        }
    }

    /// One word that is an option: Go's programs take one dash or two.
    private struct Option {
        var name: String
        var value: String?

        init?(_ word: String) {
            guard word.hasPrefix("-") else { return nil }
            let parts = word.drop { $0 == "-" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            name = parts.first.map(String.init) ?? ""
            value = parts.count == 2 ? String(parts[1]) : nil
        }
    }
}
