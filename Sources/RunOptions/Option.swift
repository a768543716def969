// SPDX-License-Identifier: Apache-2.0

internal import Engine

/// One row of a table of options: its names, its value, what it sets and its line of help.
struct Option<Settings>: Sendable {
    /// A key path that is made where it is followed: a hundred of them cost more than the rest of a command line.
    typealias Path<KeyPath> = @Sendable () -> KeyPath
    typealias Setter = @Sendable (inout Settings, String) throws(InvalidValue) -> Void

    /// The long name first, without dashes.
    let names: [String]
    let short: Character?
    /// What the help calls the value; `nil` for a flag, whose value may be left out.
    let kind: String?
    /// One line; empty hides the option from the help.
    let help: String
    /// The oldest API that knows the option, where that is not every API that we speak.
    let since: APIVersion?
    let set: Setter

    init(
        _ names: [String], short: Character?, kind: String?, since: APIVersion? = nil, _ help: String,
        set: @escaping Setter
    ) {
        self.names = names
        self.short = short
        self.kind = kind
        self.help = help
        self.since = since
        self.set = set
    }

    /// The option as messages call it.
    var name: String { "--\(names[0])" }

    /// The same option, setting nothing: for words whose grammar matters, not their meaning.
    var muted: Option { Option(names, short: short, kind: kind, since: since, help) { (_, _) throws(InvalidValue) in } }
}

extension Option {
    /// A flag: on where it stands, or as its value says.
    static func flag(
        _ name: String, short: Character? = nil,
        _ field: @autoclosure @escaping Path<any WritableKeyPath<Settings, Bool> & Sendable>, _ help: String
    ) -> Self {
        Option([name], short: short, kind: nil, help) { (settings, text) throws(InvalidValue) in
            settings[keyPath: field()] = try Bool(option: text)
        }
    }

    /// A value; the last one given counts.
    static func value<Value: OptionValue>(
        _ name: String, short: Character? = nil, since: APIVersion? = nil,
        _ field: @autoclosure @escaping Path<any WritableKeyPath<Settings, Value> & Sendable>, _ help: String
    ) -> Self {
        value(name, short: short, since: since, \Value.self, field(), help)
    }

    /// A value of which a part is what the field holds.
    static func value<Value: OptionValue, Field>(
        _ name: String, short: Character? = nil, since: APIVersion? = nil,
        _ part: @autoclosure @escaping Path<any KeyPath<Value, Field> & Sendable>,
        _ field: @autoclosure @escaping Path<any WritableKeyPath<Settings, Field> & Sendable>,
        _ help: String
    ) -> Self {
        Option([name], short: short, kind: Value.kind, since: since, help) { (settings, text) throws(InvalidValue) in
            settings[keyPath: field()] = try Value(option: text)[keyPath: part()]
        }
    }

    /// A value of a field that is left out where the option is not given.
    static func value<Value: OptionValue>(
        _ name: String, short: Character? = nil, since: APIVersion? = nil,
        _ field: @autoclosure @escaping Path<any WritableKeyPath<Settings, Value?> & Sendable>, _ help: String
    ) -> Self {
        Option([name], short: short, kind: Value.kind, since: since, help) { (settings, text) throws(InvalidValue) in
            settings[keyPath: field()] = try Value(option: text)
        }
    }

    /// An option that may be given again and again; its values keep their order.
    static func list<Value: OptionValue>(
        _ name: String, alias: String? = nil, short: Character? = nil, kind: String = "list", since: APIVersion? = nil,
        _ field: @autoclosure @escaping Path<any WritableKeyPath<Settings, [Value]> & Sendable>, _ help: String
    ) -> Self {
        list(name, alias: alias, short: short, kind: kind, since: since, \Value.self, field(), help)
    }

    /// A list of values of which a part is what the field holds.
    static func list<Value: OptionValue, Field>(
        _ name: String, alias: String? = nil, short: Character? = nil, kind: String = "list", since: APIVersion? = nil,
        _ part: @autoclosure @escaping Path<any KeyPath<Value, Field> & Sendable>,
        _ field: @autoclosure @escaping Path<any WritableKeyPath<Settings, [Field]> & Sendable>,
        _ help: String
    ) -> Self {
        Option([name] + (alias.map { [$0] } ?? []), short: short, kind: kind, since: since, help) {
            (settings, text) throws(InvalidValue) in
            settings[keyPath: field()].append(try Value(option: text)[keyPath: part()])
        }
    }

    /// A list that is left out where the option is not given.
    static func list<Value: OptionValue, Field>(
        _ name: String, alias: String? = nil, short: Character? = nil, kind: String = "list", since: APIVersion? = nil,
        _ part: @autoclosure @escaping Path<any KeyPath<Value, Field> & Sendable>,
        _ field: @autoclosure @escaping Path<any WritableKeyPath<Settings, [Field]?> & Sendable>,
        _ help: String
    ) -> Self {
        Option([name] + (alias.map { [$0] } ?? []), short: short, kind: kind, since: since, help) {
            (settings, text) throws(InvalidValue) in
            settings[keyPath: field()] = (settings[keyPath: field()] ?? []) + [try Value(option: text)[keyPath: part()]]
        }
    }

    /// An option that docker has and that only an Engine on Windows carries out.
    static func onlyWindows(_ name: String, kind: String) -> Self {
        Option([name], short: nil, kind: kind, "") { (_, _) throws(InvalidValue) in
            throw InvalidValue("only an Engine on Windows knows it")
        }
    }
}
