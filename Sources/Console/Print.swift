// SPDX-License-Identifier: Apache-2.0

internal import Glibc
public import Linux

/// Writes a text to stdout and waits until it is written.
///
/// - Parameter text: The text, with its newlines.
/// - Returns: The exit status of a command that has nothing else to do: 1 where stdout takes no more.
@discardableResult
public func print(toStandardOutput text: String) -> ExitStatus {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
        guard count > 0 else { return .exited(1) }
        rest = rest.dropFirst(count)
    }
    return .exited(0)
}
