// SPDX-License-Identifier: Apache-2.0

/// The container's annotation that names the runtime which ours executes; without it that is runc.
///
/// Docker keeps it with the container and writes it into each bundle's config.json (API 1.43), so that all calls for
/// this container reach the same runtime, also when it is started by hand.
public enum RuntimeAnnotation {
    /// Its key.
    public static let key = "io.systemd-docker.runtime"

    /// Its value: one line for each word, as a path may hold spaces.
    ///
    /// - Parameter command: The executable, and the arguments that it gets before those of each call.
    /// - Returns: The value.
    public static func value(of command: [String]) -> String { command.joined(separator: "\n") }

    /// The command in a value.
    ///
    /// - Parameter value: The annotation's.
    /// - Returns: Empty where the value names no executable.
    public static func command(of value: String) -> [String] {
        let words = value.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        return words.first == "" ? [] : words
    }
}
