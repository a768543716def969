// SPDX-License-Identifier: Apache-2.0

internal import Engine

/// One row of a table of options: its names, its value, what it sets, its line of help.
struct Option<Settings>: Sendable {
    /// A key path that is made when the option is set: to make a hundred of them costs more than to parse a command line.
    typealias Path<KeyPath> = @Sendable () -> KeyPath
    typealias Setter = @Sendable (inout Settings, String) throws(InvalidValue) -> Void

    /// The long name first, without dashes.
    let names: [String]
    let short: Character?
    /// What the help calls the value; `nil` for a flag, which needs none.
    let kind: String?
    /// One line; an option with an empty line is not shown.
    let help: String
    /// The oldest API with this option, where that is newer than ``APIVersion/oldest``.
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

    /// The same option without effect, for command lines of which only the grammar matters.
    var muted: Option { Option(names, short: short, kind: kind, since: since, help) { (_, _) throws(InvalidValue) in } }
}

extension Option {
    /// A flag: on where it stands without a value.
    static func flag(
        _ name: String, short: Character? = nil,
        _ field: @autoclosure @escaping Path<any WritableKeyPath<Settings, Bool> & Sendable>, _ help: String
    ) -> Self {
        Option([name], short: short, kind: nil, help) { (settings, text) throws(InvalidValue) in
            settings[keyPath: field()] = try Bool(option: text)
        }
    }

    /// A flag of docker's that is accepted, and says nothing to a unit.
    static func flagWithoutEffect(_ name: String, _ help: String) -> Self {
        Option([name], short: nil, kind: nil, help) { (_, text) throws(InvalidValue) in _ = try Bool(option: text) }
    }

    /// A value; of several the last one wins.
    static func value<Value: OptionValue>(
        _ name: String, short: Character? = nil, since: APIVersion? = nil,
        _ field: @autoclosure @escaping Path<any WritableKeyPath<Settings, Value> & Sendable>, _ help: String
    ) -> Self {
        value(name, short: short, since: since, \Value.self, field(), help)
    }

    /// A value of which the field holds a part.
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

    /// A value of a field that is `nil` where the option is not given.
    static func value<Value: OptionValue>(
        _ name: String, short: Character? = nil, since: APIVersion? = nil,
        _ field: @autoclosure @escaping Path<any WritableKeyPath<Settings, Value?> & Sendable>, _ help: String
    ) -> Self {
        Option([name], short: short, kind: Value.kind, since: since, help) { (settings, text) throws(InvalidValue) in
            settings[keyPath: field()] = try Value(option: text)
        }
    }

    /// An option that may be repeated; its values keep their order.
    static func list<Value: OptionValue>(
        _ name: String, alias: String? = nil, short: Character? = nil, kind: String = "list", since: APIVersion? = nil,
        _ field: @autoclosure @escaping Path<any WritableKeyPath<Settings, [Value]> & Sendable>, _ help: String
    ) -> Self {
        list(name, alias: alias, short: short, kind: kind, since: since, \Value.self, field(), help)
    }

    /// A list of values of which the field holds a part.
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

    /// A list that is `nil` where the option is not given.
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

    /// An option of docker's that only works with Docker on Windows.
    static func onlyWindows(_ name: String, kind: String) -> Self {
        Option([name], short: nil, kind: kind, "") { (_, _) throws(InvalidValue) in
            throw InvalidValue("only supported on Windows")
        }
    }
}
