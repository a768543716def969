// SPDX-License-Identifier: Apache-2.0

/// The container's annotation that says which runtime stands behind ours; without it that is runc.
///
/// Docker keeps it with the container and writes it into each bundle's config.json (API 1.43), so that all calls for
/// this container reach the same runtime, also when it was started by hand.
public enum RuntimeAnnotation {
    /// Its key.
    public static let key = "io.systemd-docker.runtime"

    /// Its value: one line for each word, so that a path may hold spaces.
    ///
    /// - Parameter command: the executable, and what stands before the arguments of each call.
    public static func value(of command: [String]) -> String { command.joined(separator: "\n") }

    /// The command that a value stands for; empty for a value that names no executable.
    public static func command(of value: String) -> [String] {
        let words = value.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        return words.first == "" ? [] : words
    }
}

/// The container's annotation that says that it must not run without the supervisor that has claimed it: it goes with its
/// supervisor (`--rm`), and a start that Docker carries out after that has been killed would leave it to no one.
public enum ClaimAnnotation {
    /// Its key.
    public static let key = "io.systemd-docker.claim"
    /// Its value.
    public static let required = "required"
}
