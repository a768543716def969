// SPDX-License-Identifier: Apache-2.0

/// When an image is pulled.
public enum PullPolicy: String, Sendable {
    /// Where the Engine does not have it.
    case missing
    case always
    case never
    /// Always; where the registry cannot be reached, the local image is used.
    case newer
}

extension PullPolicy: OptionValue {
    static var kind: String { "string" }

    /// Reads a policy.
    ///
    /// - Parameter text: Its name; an empty one means `never`, as for docker.
    /// - Throws: ``InvalidValue`` for any other text.
    init(option text: String) throws(InvalidValue) {
        guard let policy = text.isEmpty ? .never : Self(rawValue: text) else {
            throw InvalidValue("not one of missing, always, newer, never")
        }
        self = policy
    }
}
