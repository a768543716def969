// SPDX-License-Identifier: Apache-2.0

import Foundation

@testable import RunOptions

/// Words that may follow `run`, written as for a shell that only knows single quotes.
///
/// `FOLDER` is the folder with the files of ``World``.
struct ArgumentList: Hashable {
    let text: String

    static var all: [ArgumentList] {
        let options = general + security + network + addresses + ports + storage + mounts + resources + numbers + pairs
        return (options.map { "\($0) img" } + lines).map(ArgumentList.init)
    }

    /// Those that an older API may say no to.
    static var old: [ArgumentList] { newer.map { ArgumentList(text: "\($0) img") } }

    /// Whether a client knows all that the list speaks of.
    func isKnown(to version: String) -> Bool {
        Self.newcomers.allSatisfy { newcomer in
            !text.contains(newcomer.words) || version.compare(newcomer.since, options: .numeric) != .orderedAscending
        }
    }

    func words(in folder: String) -> [String] {
        var words: [String] = []
        var word: String?
        var isQuoted = false
        for character in text.replacing("FOLDER", with: folder) {
            if character == "'" {
                isQuoted.toggle()
                word = word ?? ""
            } else if character == " ", !isQuoted {
                if let word { words.append(word) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        return words + (word.map { [$0] } ?? [])
    }
}

/// The values that argument lists give to options.
struct ArgumentPool {
    private var byName: [String: [String]] = [:]

    init(_ lists: [ArgumentList]) {
        for list in lists { read(list.words(in: "FOLDER")[...]) }
    }

    func values(of option: Option<CreateRequestBuilder>) -> [String] { byName[option.name] ?? [] }

    private mutating func read(_ words: ArraySlice<String>) {
        var rest = words
        while let word = rest.popFirst(), word.hasPrefix("-"), word.count > 1 {
            let (name, attached) = word.cut(at: "=")
            let option = RunTable.all.first {
                "--\($0.names[0])" == name || $0.names.contains { "--\($0)" == name }
                    || $0.short.map { "-\($0)" } == name
            }
            guard let option else { return }
            guard let value = attached.map({ String($0) }) ?? (option.kind == nil ? "true" : rest.popFirst()) else {
                return
            }
            if byName[option.name]?.contains(value) != true { byName[option.name, default: []].append(value) }
        }
    }
}

/// A way to give an option its value.
enum Form: CaseIterable {
    case longWithEquals, long, short, shortAttached, shortWithEquals, alone, group

    /// The words, of each name that the option has; none where the form does not fit.
    func words(_ option: Option<CreateRequestBuilder>, _ value: String) -> [[String]] {
        let isFlag = option.kind == nil
        let letters = option.short.map { ["-\($0)"] } ?? []
        switch self {
        case .longWithEquals: return option.names.map { ["--\($0)=\(value)"] }
        case .long: return isFlag ? [] : option.names.map { ["--\($0)", value] }
        case .short: return isFlag ? [] : letters.map { [$0, value] }
        case .shortAttached: return isFlag || value.isEmpty ? [] : letters.map { [$0 + value] }
        case .shortWithEquals: return letters.map { ["\($0)=\(value)"] }
        case .alone: return isFlag ? option.names.map { ["--\($0)"] } + letters.map { [$0] } : []
        case .group: return letters.map { $0.replacing("-", with: "-t") }.map { isFlag ? [$0] : [$0, value] }
        }
    }
}

/// Makes argument lists out of the values that are known, and others that are a character away from them.
struct ArgumentGenerator {
    private var random: SplitMix
    private let world: World
    private let values: [(option: Option<CreateRequestBuilder>, valid: [String], all: [String])]

    init(seed: UInt64, pool: ArgumentPool, _ world: World) {
        random = SplitMix(state: seed)
        self.world = world
        values = RunTable.all.filter { $0.names != ["help"] }.map { option in
            let all = pool.values(of: option).map { $0.replacing("FOLDER", with: world.folder) }
            return (option, all.filter { world.accepts(["\(option.name)=\($0)"]) }, all)
        }
    }

    mutating func next() -> [String] {
        var words: [String] = []
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            guard let row = values.randomElement(using: &random) else { continue }
            let chance = Int.random(in: 0..<100, using: &random)
            var value = (chance < 88 && !row.valid.isEmpty ? row.valid : row.all).randomElement(using: &random) ?? ""
            if chance >= 94 { value = changed(value) }
            let forms = Form.allCases.flatMap { $0.words(row.option, value) }
            words += forms.randomElement(using: &random) ?? []
        }
        if Int.random(in: 0..<20, using: &random) == 0 { words.append("--") }
        words.append(Self.images.randomElement(using: &random) ?? "img")
        return words + (Self.commands.randomElement(using: &random) ?? [])
    }

    /// A character more, less or another.
    private mutating func changed(_ value: String) -> String {
        var characters = Array(value)
        let place = Int.random(in: 0...characters.count, using: &random)
        let mark = Self.marks.randomElement(using: &random) ?? ":"
        switch Int.random(in: 0..<3, using: &random) {
        case 0: characters.insert(mark, at: place)
        case 1 where place < characters.count: characters.remove(at: place)
        case 2 where place < characters.count: characters[place] = mark
        default: characters.append(mark)
        }
        return String(characters)
    }

    private static let marks = Array(":=,.-/_ 019amxZ\"[]*")
    private static let images = ["img", "a.b:5/x:y", "library/busybox:1", "localhost/x", "IMG", "a@sha256:1", "a_b"]
    private static let commands: [[String]] = [[], ["sh", "-c", "a b"], ["-e", "--rm"], ["--"], [""]]
}

/// Numbers that look random and are the same for the same seed.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var number = state
        number = (number ^ (number >> 30)) &* 0xBF58_476D_1CE4_E5B9
        number = (number ^ (number >> 27)) &* 0x94D0_49BB_1331_11EB
        return number ^ (number >> 31)
    }
}

extension ArgumentList {
    /// What not every client knows, with the first that does.
    static let newcomers: [(words: String, since: String)] = [
        ("--use-api-socket", "28.2"), ("gw-priority", "28.0"), ("image-subpath", "28.0"),
    ]
}
